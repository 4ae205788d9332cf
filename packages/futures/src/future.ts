/**
 * `Future`: a result to come, from wherever it comes.
 *
 * | state                    | set by                                   | next                                      |
 * | ------------------------ | ---------------------------------------- | ----------------------------------------- |
 * | `PENDING`                | the constructor                          | `RUNNING`, `CANCELLED`, `FINISHED`        |
 * | `RUNNING`                | `setRunningOrNotifyCancel`, or seen at the owner | `FINISHED`                        |
 * | `CANCELLED`              | `cancel`                                 | `CANCELLED_AND_NOTIFIED`                  |
 * | `CANCELLED_AND_NOTIFIED` | `setRunningOrNotifyCancel`; by `cancel` at once where there is an owner | end                |
 * | `FINISHED`               | `setResult`, `setException`, `abort`     | end                                       |
 *
 * That a worker has begun is not told for each task, which would cost more than most of them: the owner is asked when somebody wants to know.
 */
import { types } from 'node:util';
import { CancelledError, InvalidStateError, TimeoutError, type WaitOptions } from '@manycore/core';
import { deadlineOf, neverSent } from '@manycore/core/internal';
import { isolated, mustBeFunction, waitFor } from '@manycore/process/internal';
import type { FutureOwner } from './future-owner.js';
import { watchUnseen, type Unseen } from './unseen.js';

/** The states of a `Future`, as Python calls them. */
export type FutureState = 'PENDING' | 'RUNNING' | 'CANCELLED' | 'CANCELLED_AND_NOTIFIED' | 'FINISHED';

/** For this package: see the methods. */
export const WATCH: unique symbol = Symbol('watch');
export const LOOK: unique symbol = Symbol('look');
export const FAILED: unique symbol = Symbol('failed');

/** How a future ended that did not fail: its value; else what it failed with. */
export type Outcome = { readonly value: unknown } | { readonly error: unknown };

/**
 * The result of a call, now or later, as executors give it out. It can be awaited like a promise, but is none until somebody asks: a failure that nobody looks at is no unhandled rejection. It is told on the channel
 * `manycore:future:unseen` of `node:diagnostics_channel`.
 *
 * @example
 * const future = executor.submit(parse, text);
 * future.addDoneCallback(() => console.log('done'));
 * console.log(await future, future.done());
 *
 * @see Python `concurrent.futures.Future`. Differs: awaitable; milliseconds; `abort`; `result` and `exception` do not block.
 */
export class Future<T> implements PromiseLike<T> {
  #state: FutureState = 'PENDING';
  #isFailed = false;
  #outcome: unknown;
  readonly #owner: FutureOwner | undefined;
  #promise: Promise<T> | undefined;
  #settle: (() => void) | undefined;
  #callbacks: ((future: this) => void)[] | undefined;
  #watchers: Set<(future: this) => void> | undefined;
  #unseen: Unseen | undefined;

  /** For executors and tests. @param owner - who has the task; absent: whoever calls `setRunningOrNotifyCancel`, `setResult` and `setException`. */
  constructor(owner?: FutureOwner) {
    this.#owner = owner;
  }

  get state(): FutureState {
    if (this.#state === 'PENDING' && this.#owner?.hasBegun() === true) this.#state = 'RUNNING';
    return this.#state;
  }

  /**
   * Cancels the call if it has not begun. Awaiting the future then rejects with CancelledError.
   *
   * @returns whether it is cancelled now: false when a worker has begun it, it has ended, or that cannot be known without asking elsewhere (`cancelAsync`). True again when it was cancelled before.
   * @see Python `Future.cancel`. Differs: a task that was sent to a worker and has not begun there can be cancelled.
   */
  cancel(): boolean {
    if (this.#state === 'PENDING' && this.#owner?.cancel() !== false) this.#becomeCancelled();
    return this.cancelled();
  }

  /** As `cancel`, also for a task that is somewhere else: asks whoever has it. */
  async cancelAsync(): Promise<boolean> {
    if (this.cancel() || this.#state !== 'PENDING' || this.#owner?.cancelAsync === undefined) return this.cancelled();
    if (await this.#owner.cancelAsync()) this.#becomeCancelled();
    return this.cancelled();
  }

  /**
   * Ends the call, running or not; the future fails with `reason`, or with a CancelledError whose cause it is when it is no Error. A running task is told (`currentTask().signal`); when it goes on for the `graceMs` of
   * its executor, its worker is killed and replaced.
   *
   * @returns false when it had ended before.
   */
  abort(reason?: unknown): boolean {
    if (this.done()) return false;
    const error = asError(reason);
    if (this.#owner === undefined) this.setException(error);
    else this.#owner.abort(error);
    return true;
  }

  cancelled(): boolean {
    return this.#state === 'CANCELLED' || this.#state === 'CANCELLED_AND_NOTIFIED';
  }

  /** Whether a worker has begun the task and not ended it. */
  running(): boolean {
    return this.state === 'RUNNING';
  }

  /** Whether it has ended: well, not, or cancelled. */
  done(): boolean {
    return this.#state === 'FINISHED' || this.cancelled();
  }

  /**
   * Resolves with the result, or rejects with what the call failed with.
   * @throws CancelledError when it was cancelled; TimeoutError when the timeout passed first: the call goes on, and may be asked again. The signal's reason when aborted.
   */
  async result(options?: WaitOptions): Promise<T> {
    await this.#wait(options, 'Future.result()');
    return await this.#asPromise();
  }

  /** Resolves with what the call failed with; null when it ended well. @throws as `result`, but for what the call failed with. */
  async exception(options?: WaitOptions): Promise<unknown> {
    await this.#wait(options, 'Future.exception()');
    this.#see();
    if (this.cancelled()) throw this.#outcome;
    return this.#isFailed ? this.#outcome : null;
  }

  /**
   * Calls `callback` with the future when it has ended; at once when it has. Callbacks are called in the order they were added, each once; what one throws is a warning of the process, and nobody else's business.
   * @throws TypeError
   */
  addDoneCallback(callback: (future: this) => void): void {
    mustBeFunction(callback, 'Future.addDoneCallback(callback)');
    if (this.done()) isolated(callback, this);
    else (this.#callbacks ??= []).push(callback);
  }

  then<A = T, B = never>(onFulfilled?: ((value: T) => A | PromiseLike<A>) | null, onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null): Promise<A | B> {
    return this.#asPromise().then(onFulfilled, onRejected);
  }

  catch<B = never>(onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null): Promise<T | B> {
    return this.#asPromise().catch(onRejected);
  }

  finally(onFinally?: (() => void) | null): Promise<T> {
    return this.#asPromise().finally(onFinally);
  }

  /**
   * For executors: the task is about to begin, or, when this is false, must not, because it was cancelled.
   * @throws InvalidStateError unless it is pending, or cancelled and this was not called yet.
   */
  setRunningOrNotifyCancel(): boolean {
    if (this.#state === 'CANCELLED') {
      this.#become('CANCELLED_AND_NOTIFIED');
      return false;
    }
    if (this.#state !== 'PENDING') throw new InvalidStateError(`Future.setRunningOrNotifyCancel(): the future is ${this.#state} already.`);
    this.#state = 'RUNNING';
    return true;
  }

  /** For executors: the task has ended well. @throws InvalidStateError when the future has ended. */
  setResult(value: T): void {
    this.#finish(value, false, 'setResult');
  }

  /** For executors: the task has failed, with whatever was thrown. @throws InvalidStateError when the future has ended. */
  setException(error: unknown): void {
    this.#finish(error, true, 'setException');
  }

  get [Symbol.toStringTag](): string {
    return 'Future';
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return `<Future ${this.state}${this.#state === 'FINISHED' ? (this.#isFailed ? ' failed' : ' well') : ''}>`;
  }

  /** @internal Calls `watcher` at each step to an end, until the returned function is called. */
  [WATCH](watcher: (future: this) => void): () => void {
    const watchers = (this.#watchers ??= new Set());
    watchers.add(watcher);
    return () => watchers.delete(watcher);
  }

  /** @internal Whether it failed otherwise than by being cancelled. */
  get [FAILED](): boolean {
    return this.#isFailed && this.#state === 'FINISHED';
  }

  /** @internal How it ended; undefined while it has not. Counts as having looked. */
  [LOOK](): Outcome | undefined {
    if (!this.done()) return undefined;
    this.#see();
    return this.#isFailed ? { error: this.#outcome } : { value: this.#outcome };
  }

  #finish(outcome: unknown, isFailed: boolean, call: string): void {
    if (this.done()) throw new InvalidStateError(`Future.${call}(): the future is ${this.#state} already.`);
    this.#outcome = outcome;
    this.#isFailed = isFailed;
    // A callback is told, and a promise was asked for: somebody looks.
    if (isFailed && this.#promise === undefined && this.#callbacks === undefined) this.#unseen = watchUnseen(this, outcome, this.#owner?.describe?.() ?? null);
    this.#become('FINISHED');
  }

  #becomeCancelled(): void {
    if (this.done()) return;
    this.#outcome = new CancelledError('The future was cancelled before its task began.');
    this.#isFailed = true;
    this.#become('CANCELLED');
    // Of an executor's future nobody will ask again.
    if (this.#owner !== undefined) this.#become('CANCELLED_AND_NOTIFIED');
  }

  #become(state: FutureState): void {
    this.#state = state;
    if (this.#watchers !== undefined) for (const watcher of [...this.#watchers]) watcher(this);
    this.#settle?.();
    const callbacks = this.#callbacks;
    this.#callbacks = undefined;
    if (callbacks !== undefined) for (const callback of callbacks) isolated(callback, this);
  }

  #see(): void {
    this.#unseen?.forget();
    this.#unseen = undefined;
  }

  async #wait(options: WaitOptions | undefined, call: string): Promise<void> {
    const deadline = deadlineOf(options, call);
    if (options?.signal?.aborted !== true && this.done()) return;
    await waitFor((done) => this[WATCH](done), deadline, options?.signal);
    if (!this.done()) throw new TimeoutError(`${call}: there was no result within ${options?.timeout} ms. The call goes on.`);
  }

  #asPromise(): Promise<T> {
    this.#see();
    return (this.#promise ??= new Promise<T>((resolve, reject) => {
      this.#settle = () => {
        if (!this.#isFailed) resolve(this.#outcome as T);
        // What was thrown is the user's own, Error or not.
        else reject(this.#outcome);
      };
      if (this.done()) this.#settle();
    }));
  }
}

neverSent(Future, 'Await it, and send the value.');

const asError = (reason: unknown): Error =>
  reason instanceof Error || types.isNativeError(reason) ? reason : new CancelledError('The task was aborted.', reason === undefined ? {} : { cause: reason });
