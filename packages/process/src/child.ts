/**
 * The parent's side of what `startChild` started: how it is, how it ended, and what can be done to it. What differs between a process and a
 * thread is in start/process-child.ts and start/thread-child.ts.
 *
 * The truth about the end is asked for (`look`), so it is right also while the event loop is blocked. Whoever sees the end first (an event,
 * a blocked join, or a mere look) notes it.
 */
import type { Readable, Writable } from 'node:stream';
import { native, now, remaining, session, type Deadline } from '@manycore/core/internal';
import { readFailure } from './failure.js';
import type { ProcessRecord } from './record.js';
import { refillStandbys } from './start/forkserver.js';
import { waitFor } from './wait.js';

/** A blocked join looks at least this often, so that the thread can be ended meanwhile. */
const SLICE_MS = 50;
/** How long a child that is told to end has for it, before it is killed. */
export const GRACE_MS = 1000;

export interface End {
  /** -N when signal N ended it. */
  readonly exitCode: number;
  readonly signalCode: NodeJS.Signals | null;
}

export interface ChildOptions {
  readonly name: string;
  readonly daemon: boolean;
  readonly record: ProcessRecord;
  /** Where it was started: has the stack lines of that call. */
  readonly startedAt: { readonly stack?: string };
  /** Called once, when the end is first seen. */
  readonly onEnd: () => void;
}

/** The standard streams of a child on the parent's side, where they are pipes. */
export interface Streams {
  readonly stdin: Writable | null;
  readonly stdout: Readable | null;
  readonly stderr: Readable | null;
}

/** Descriptors of sentinels, closed with the object they were opened for. */
const forgotten = new FinalizationRegistry<number>((fd) => native().close(fd));

export abstract class Child {
  readonly name: string;
  readonly daemon: boolean;
  /** Of the process, or of the process that the thread is in. */
  abstract readonly pid: number;
  abstract readonly streams: Streams;
  readonly #onEnd: () => void;
  readonly #startedAt: { readonly stack?: string };
  readonly #joins = new Set<() => void>();
  /** Until the error is known. */
  #record: ProcessRecord | undefined;
  #error: Error | null | undefined;
  #end: End | undefined;
  #sentinel: number | undefined;

  constructor({ name, daemon, record, startedAt, onEnd }: ChildOptions) {
    this.name = name;
    this.daemon = daemon;
    this.#record = record;
    this.#startedAt = startedAt;
    this.#onEnd = onEnd;
  }

  /** Whether it has ended. Changes nothing. */
  protected abstract isOver(): boolean;
  /** Asks how it is, waiting at most `ms` for its end; calls `ended` when it has. */
  protected abstract look(ms: number): void;
  /** Whether it keeps the event loop alive; for a daemonic one only. */
  protected abstract reference(on: boolean): void;
  protected abstract openSentinel(): number;
  /** Gives back what only a running child needs. */
  protected abstract dispose(): void;
  /** @throws ProcessError when the system does not allow it; InvalidStateError for what there is not. */
  abstract signal(signal: NodeJS.Signals, tree: boolean): void;

  /** How it ended; undefined while it runs. */
  get end(): End | undefined {
    if (this.#end === undefined) this.look(0);
    return this.#end;
  }

  /** The same without looking. */
  protected get knownEnd(): End | undefined {
    return this.#end;
  }

  /**
   * Gives back its arguments when it ended before it took them: somebody who waits, blocked, for what they mention would wait for ever, as the other end of a pipe that is held here is not closed. Tells nobody of the
   * end: this may be in the middle of anything.
   */
  dropUntaken(): void {
    const record = this.#record;
    if (this.#end === undefined && record?.isTaken === false && this.isOver()) record.dropPreparation();
  }

  get isAlive(): boolean {
    return this.end === undefined;
  }

  /** What it failed with; null while it runs, and when it did not fail by an error. */
  get error(): Error | null {
    const { end } = this;
    if (end === undefined) return null;
    if (this.#error === undefined) {
      this.#error = this.#readError(end);
      this.#releaseRecord();
    }
    return this.#error;
  }

  join(deadline: Deadline, signal: AbortSignal | undefined): Promise<void> {
    if (signal?.aborted !== true && this.end !== undefined) return Promise.resolve();
    const subscribe = (done: () => void): (() => void) => {
      this.#joins.add(done);
      if (this.daemon) this.reference(true);
      return () => {
        this.#joins.delete(done);
        if (this.daemon && this.#joins.size === 0) this.reference(false);
      };
    };
    return waitFor(subscribe, deadline, signal);
  }

  joinSync(deadline: Deadline): void {
    refillStandbys();
    let left = remaining(deadline);
    while (this.isAlive) {
      if (left <= 0) break;
      this.look(Math.ceil(Math.min(SLICE_MS, left)));
      left = remaining(deadline);
    }
  }

  /** Ends it, if need be by force. */
  async stop(graceMs = GRACE_MS): Promise<void> {
    this.signal('SIGTERM', false);
    await this.join(now() + graceMs, undefined);
    this.signal('SIGKILL', false);
    await this.join(Infinity, undefined);
  }

  stopSync(): void {
    this.signal('SIGTERM', false);
    this.joinSync(now() + GRACE_MS);
    this.signal('SIGKILL', false);
    this.joinSync(Infinity);
  }

  /** A descriptor that polls readable from the end on. */
  get sentinel(): number {
    if (this.#sentinel === undefined) {
      this.#sentinel = this.openSentinel();
      forgotten.register(this, this.#sentinel, this);
    }
    return this.#sentinel;
  }

  /** Gives back what an ended child still has here. */
  release(): void {
    this.#releaseRecord();
    if (this.#sentinel === undefined) return;
    forgotten.unregister(this);
    native().close(this.#sentinel);
    this.#sentinel = undefined;
  }

  /** Notes the end; those after the first are not listened to. */
  protected ended(end: End): void {
    if (this.#end !== undefined) return;
    this.#end = end;
    this.dispose();
    this.#onEnd();
    // One that was killed or failed early has not taken its arguments: what they mention, as an end of a pipe, is nobody's.
    this.#record?.dropPreparation();
    // Whatever it still held is given back now, and those who wait for it are woken, rather than when they happen to look.
    session().announceDeath();
    // Most children do not fail: their record is given back at once.
    if (this.#record?.hasFailure !== false) return;
    this.#error = this.#readError(end);
    this.#releaseRecord();
  }

  protected settleJoins(): void {
    for (const done of [...this.#joins]) done();
  }

  #releaseRecord(): void {
    this.#record?.release();
    this.#record = undefined;
  }

  #readError(end: End): Error | null {
    const callSite = this.#startedAt.stack?.split('\n').slice(1).join('\n') ?? '';
    return readFailure(this.#record!, { ...end, name: this.name, pid: this.pid, callSite });
  }
}
