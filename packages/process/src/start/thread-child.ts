/** A child that is a thread of this process. */
import type { Worker } from 'node:worker_threads';
import { InvalidStateError } from '@manycore/core';
import { native, READABLE } from '@manycore/core/internal';
import { Child, type ChildOptions, type End, type Streams } from '../child.js';
import { signalThreadChildren } from '../descendants.js';
import { CANCELLED, CREATED, EXIT, EXITED, STATE, TID } from './thread-order.js';
import { threads, type StartedThread } from './thread.js';

const SIGNAL_NUMBERS: Partial<Record<NodeJS.Signals, number>> = { SIGTERM: 15, SIGKILL: 9 };
/** Of a thread that something else ended: it failed, and there was nobody left in it to say how. */
const FAILED_EXIT_CODE = 1;

export class ThreadChild extends Child {
  readonly pid = process.pid;
  readonly streams: Streams;
  readonly #thread: StartedThread;
  readonly #worker: Worker;
  #signal: NodeJS.Signals | undefined;
  /** What Node says it failed with, when the thread could not. */
  #workerError: Error | null = null;

  constructor(options: ChildOptions, thread: StartedThread) {
    super(options);
    this.#thread = thread;
    this.#worker = thread.worker;
    this.streams = thread.streams;
    this.#worker.once('error', (error) => this.#onError(error));
    this.#worker.once('exit', (code) => this.#over(code));
    if (!options.daemon) return;
    this.#worker.unref();
    for (const stream of Object.values(thread.streams)) (stream as { unref?(): void } | null)?.unref?.();
  }

  override get error(): Error | null {
    return super.error ?? (this.knownEnd === undefined ? null : this.#workerError);
  }

  /**
   * Ends the thread, whatever the signal: no code of it runs any more. Its own threads end with it, and its processes as those of any parent
   * that died; with `tree` they are sent the signal, as those are that know nothing of manycore.
   */
  signal(signal: NodeJS.Signals, tree: boolean): void {
    if (signal === 'SIGINT') {
      throw new InvalidStateError(`Process.interrupt(): ${this.name} is a thread, which takes no signals; terminate() and kill() end it.`);
    }
    if (this.end !== undefined) return;
    this.#signal ??= signal;
    if (tree) signalThreadChildren(Atomics.load(this.#thread.status, TID), signal);
    // Rejects never; the end is told by the event.
    void this.#worker.terminate();
    // It has not begun, and now never will.
    if (this.#cancel()) this.#over();
  }

  protected reference(on: boolean): void {
    if (on) this.#worker.ref();
    else this.#worker.unref();
  }

  protected isOver(ms = 0): boolean {
    const { reader, status, tids } = this.#thread;
    const hasEnded = native().pollFd(reader, READABLE, ms) !== 0;
    return hasEnded || (Atomics.load(status, STATE) === CREATED && !threads().some((tid) => tids.includes(tid)));
  }

  protected look(ms: number): void {
    if (this.isOver(ms)) this.#over();
  }

  protected openSentinel(): number {
    const addon = native();
    if (this.knownEnd === undefined) return addon.duplicate(this.#thread.reader);
    const ends = addon.pipe();
    if (typeof ends === 'number') return ends;
    // Without a writer it is readable for ever.
    addon.close(ends[1]);
    return ends[0];
  }

  protected dispose(): void {
    this.#cancel();
    native().closeSocket(this.#thread.reader);
  }

  /** Keeps it from beginning; false when it has begun. */
  #cancel(): boolean {
    const { status, owned } = this.#thread;
    if (Atomics.compareExchange(status, STATE, CREATED, CANCELLED) !== CREATED) return false;
    for (const fd of owned) native().close(fd);
    return true;
  }

  /** @param code - what Node says, where it has been asked. */
  #over(code = FAILED_EXIT_CODE): void {
    if (this.knownEnd !== undefined) return;
    this.ended(this.#howItEnded(code));
    this.settleJoins();
  }

  #howItEnded(code: number): End {
    const exit = Atomics.load(this.#thread.status, EXIT);
    if (exit !== 0) return { exitCode: exit - EXITED, signalCode: null };
    const signal = this.#signal;
    return signal === undefined
      ? { exitCode: code, signalCode: null }
      : { exitCode: -SIGNAL_NUMBERS[signal]!, signalCode: signal };
  }

  /** Only what the thread could not tell of itself comes here: it failed before or beyond our reach. */
  #onError(error: unknown): void {
    this.#workerError = error as Error;
    process.stderr.write(`Process ${this.name}:\n${process.getBuiltinModule('node:util').inspect(error)}\n`);
  }
}
