/**
 * The parent's side of a started process: how it is, how it ended, and what can be done to it.
 *
 * The truth about the end comes from the kernel, which is asked without reaping the process, so it is right also while the event loop is
 * blocked. Whoever sees the end first (libuv's `exit` event, a blocked join, or a mere look) notes it; libuv reaps in any case.
 */
import type { ChildProcess } from 'node:child_process';
import type { Socket } from 'node:net';
import type { Readable, Writable } from 'node:stream';
import { native, now, remaining, session, type Deadline } from '@manycore/core/internal';
import { signalTree, trySignal } from './descendants.js';
import { ProcessError } from './errors.js';
import { readFailure } from './failure.js';
import type { ProcessRecord } from './record.js';
import type { Spawned } from './start/spawn.js';
import { waitFor } from './wait.js';

/** A blocked join looks at least this often, so that the thread can be ended meanwhile. */
const SLICE_MS = 50;
/** How long a process that is told to end has for it, before it is killed. */
export const GRACE_MS = 1000;
/** Of a process whose status something else in this process took: nobody can know it. CPython's forkserver says the same. */
const UNKNOWN_EXIT_CODE = 255;
const ECHILD = 10;

export interface End {
  /** -N when signal N ended it. */
  readonly exitCode: number;
  readonly signalCode: NodeJS.Signals | null;
}

export interface ChildOptions {
  readonly name: string;
  readonly daemon: boolean;
  readonly record: ProcessRecord;
  readonly spawned: Spawned;
  /** Where it was started: has the stack lines of that call. */
  readonly startedAt: { readonly stack?: string };
  readonly onEnd: () => void;
}

/** Descriptors of sentinels, closed with the object they were opened for. */
const forgotten = new FinalizationRegistry<number>((fd) => native().close(fd));

export class Child {
  readonly pid: number;
  readonly name: string;
  readonly daemon: boolean;
  readonly #process: ChildProcess;
  readonly #control: Socket;
  readonly #onEnd: () => void;
  readonly #startedAt: { readonly stack?: string };
  readonly #joins = new Set<() => void>();
  /** Until the error is known. */
  #record: ProcessRecord | undefined;
  #error: Error | null | undefined;
  #end: End | undefined;
  /** libuv took its status, and will tell it as soon as what runs now has returned. */
  #isReaped = false;
  #sentinel: number | undefined;

  constructor({ name, daemon, record, spawned, startedAt, onEnd }: ChildOptions) {
    this.name = name;
    this.daemon = daemon;
    this.pid = spawned.pid;
    this.#process = spawned.process;
    this.#control = spawned.control;
    this.#record = record;
    this.#startedAt = startedAt;
    this.#onEnd = onEnd;
    this.#process.once('exit', (code, signal) => this.#onExit(code, signal));
    if (!daemon) return;
    this.#process.unref();
    for (const stream of this.#process.stdio.slice(0, 3)) (stream as Socket | null)?.unref();
  }

  /** How it ended; undefined while it runs. */
  get end(): End | undefined {
    if (this.#end === undefined) this.#look(0);
    return this.#end;
  }

  get isAlive(): boolean {
    return this.end === undefined && !this.#isReaped;
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

  get streams(): { stdin: Writable | null; stdout: Readable | null; stderr: Readable | null } {
    return this.#process;
  }

  join(deadline: Deadline, signal: AbortSignal | undefined): Promise<void> {
    if (signal?.aborted !== true && this.end !== undefined) return Promise.resolve();
    const subscribe = (done: () => void): (() => void) => {
      this.#joins.add(done);
      if (this.daemon) this.#process.ref();
      return () => {
        this.#joins.delete(done);
        if (this.daemon && this.#joins.size === 0) this.#process.unref();
      };
    };
    return waitFor(subscribe, deadline, signal);
  }

  joinSync(deadline: Deadline): void {
    let left = remaining(deadline);
    while (this.#end === undefined && !this.#isReaped) {
      this.#look(Math.ceil(Math.min(SLICE_MS, Math.max(0, left))));
      left = remaining(deadline);
      if (left <= 0) break;
    }
  }

  /** Does nothing when it has ended. @throws ProcessError when the system does not allow it. */
  signal(signal: NodeJS.Signals, tree: boolean): void {
    if (this.end !== undefined) return;
    if (tree) {
      signalTree(this.pid, signal);
      return;
    }
    const cause = trySignal(this.pid, signal);
    if (cause !== undefined)
      throw new ProcessError(`${this.name} (pid ${this.pid}) may not be sent ${signal}: ${cause.message}`, { cause, pid: this.pid });
  }

  /** Ends it, if need be by force. */
  async stop(): Promise<void> {
    this.signal('SIGTERM', false);
    await this.join(now() + GRACE_MS, undefined);
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
      this.#sentinel = openSentinel(this.pid, this.name);
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

  #look(ms: number): void {
    const seen = native().waitProcess(this.pid, ms);
    if (typeof seen !== 'number') {
      this.#ended(endOf(seen[0], seen[1]));
      this.#settleJoins();
    } else if (seen === -ECHILD && !this.#isReaped) {
      this.#isReaped = true;
      // By the second turn of the loop libuv has told; if it has not, its status went elsewhere.
      setImmediate(() => setImmediate(() => this.#onExit(UNKNOWN_EXIT_CODE, null)));
    }
  }

  #onExit(code: number | null, signal: NodeJS.Signals | null): void {
    this.#ended(endOf(code ?? -1, signal === null ? -1 : signalNumber(signal)));
    // libuv takes the statuses of all children that ended and only then tells of each: whoever goes on here could otherwise ask for one
    // that is between the two.
    setImmediate(() => this.#settleJoins());
  }

  #settleJoins(): void {
    for (const done of [...this.#joins]) done();
  }

  #ended(end: End): void {
    if (this.#end !== undefined) return;
    this.#end = end;
    this.#control.destroy();
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

  #releaseRecord(): void {
    this.#record?.release();
    this.#record = undefined;
  }

  #readError(end: End): Error | null {
    const callSite = this.#startedAt.stack?.split('\n').slice(1).join('\n') ?? '';
    return readFailure(this.#record!, { ...end, name: this.name, pid: this.pid, callSite });
  }
}

/** Of the two, the one that does not apply is -1. */
function endOf(code: number, signal: number): End {
  return signal === -1 ? { exitCode: code, signalCode: null } : { exitCode: -signal, signalCode: signalName(signal) };
}

const signals = (): Record<string, number> => process.getBuiltinModule('node:os').constants.signals;

const signalNumber = (name: NodeJS.Signals): number => signals()[name]!;

function signalName(number: number): NodeJS.Signals | null {
  const found = Object.entries(signals()).find(([, value]) => value === number);
  return (found?.[0] as NodeJS.Signals | undefined) ?? null;
}

function openSentinel(pid: number, name: string): number {
  const addon = native();
  const fd = addon.openProcess(pid);
  if (fd >= 0) return fd;
  const { getSystemErrorName } = process.getBuiltinModule('node:util');
  const why = getSystemErrorName(fd);
  const ends = why === 'ESRCH' ? addon.pipe() : fd;
  if (typeof ends === 'number') throw new ProcessError(`${name} (pid ${pid}): no sentinel can be opened (${why}).`, { pid });
  // Ended and reaped: a pipe without a writer is readable for ever, as the sentinel of an ended process is.
  addon.close(ends[1]);
  return ends[0];
}
