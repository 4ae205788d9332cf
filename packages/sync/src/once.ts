/**
 * `Once`: something that is done by one process of all, and its value.
 *
 * Block: STATE and its wait queue (once-state.ts), then where the value is (once-value.ts).
 */
import { TimeoutError, type SyncWaitOptions, type WaitOptions } from '@manycore/core';
import { deadlineOf, decode, loadModules, registerLockType } from '@manycore/core/internal';
import { holderName } from './abandonment.js';
import { LockError } from './errors.js';
import { ONCE_QUEUE, ONCE_STATE_WORDS, OnceState, OURS, runnerOf, type Claim } from './once-state.js';
import { ONCE_VALUE_WORDS, OnceValue } from './once-value.js';
import { Place } from './shared/place.js';
import { refusePromise } from './shared/promise.js';
import { mustBeFunction, Primitive, registerPrimitive, type Arrived } from './shared/primitive.js';

const TYPE = 'manycore.Once';
const VALUE = ONCE_STATE_WORDS;
const BYTES = (VALUE + ONCE_VALUE_WORDS) * 4;

registerPrimitive(TYPE, import.meta.url, (arrived) => new Once(arrived));
registerLockType(TYPE, { holders: (words) => [runnerOf(words)].filter((owner) => owner !== 0), queues: [ONCE_QUEUE], isExclusive: () => true });

/**
 * Has a function run in one process of all; the others wait and get its value.
 *
 * The value is cloned for everybody but the one that ran the function; objects of ours in it are the same shared objects everywhere, and live as long as the `Once`. A function that throws
 * is not done: the error goes to its caller alone, and the next caller runs its own. So it is when its process dies.
 *
 * A function that waits for the same `Once` inside of itself would wait for ever: `doSync` refuses that; with `do` it cannot be told from another task of the thread.
 *
 * Memory: what the function wrote is visible after every `do`.
 *
 * @example
 * const once = new Once();
 * // in any number of processes; one of them downloads it
 * const model = await once.do(() => download(url));
 *
 * @see Rust `std::sync::OnceLock`. Python has no such thing.
 */
export class Once extends Primitive {
  readonly #state: OnceState;
  readonly #value: OnceValue;
  readonly #place: Place;

  /** @throws OutOfMemoryError when the session's budget is used up. */
  constructor();
  /** @internal */
  constructor(arrived: Arrived);
  constructor(arrived?: Arrived) {
    super(TYPE, arrived?.block ?? BYTES);
    this.#state = new OnceState(this.words, this.kernel);
    this.#value = new OnceValue(this.session, this.block, VALUE);
    this.#place = new Place(this.session, this.words, ONCE_QUEUE, () => this.#state.isDone || this.#state.runner === 0);
  }

  /**
   * Runs `fn`, unless it was run already or somebody runs it: then waits for its value. Does not block the event loop.
   *
   * @param options.timeout - of the waiting, in milliseconds; the run of `fn` itself has no limit.
   * @returns what `fn` returned, here or elsewhere.
   * @throws what `fn` throws; SerializationError when its value cannot be sent, OutOfMemoryError when there is no room for it (then it is not done); TimeoutError; the signal's reason
   * when aborted while waiting; TypeError for bad arguments.
   */
  async do<R>(fn: () => R | Promise<R>, options?: WaitOptions): Promise<R> {
    mustBeFunction(fn, 'Once.do');
    const deadline = deadlineOf(options, 'Once.do');
    const signal = options?.signal;
    signal?.throwIfAborted();
    const attempt = this.#attempt;
    const claim = attempt(deadline === -Infinity) ?? (await this.#place.wait(attempt, deadline, signal)) ?? this.#late('do', options);
    if (claim === OURS) return this.#run(fn);
    const { bytes } = this.#value.read();
    // `import` reaches modules that `doSync` can only `require`.
    const loading = loadModules(bytes, 0, bytes.length);
    if (loading !== undefined) await loading;
    return decode(bytes, 0, bytes.length) as R;
  }

  /**
   * As `do`, blocking the thread. `fn` must not be async.
   * @throws as `do`; TypeError when `fn` returned a promise; LockError when this thread runs a function of this `Once` already, and would wait for itself.
   */
  doSync<R>(fn: () => R, options?: SyncWaitOptions): R {
    mustBeFunction(fn, 'Once.doSync');
    const deadline = deadlineOf(options, 'Once.doSync');
    if (this.#state.runner === this.kernel.self) {
      throw new LockError('Once.doSync: this thread runs a function of the same Once at this moment, and would wait for itself. Use the value where it is made, or two Onces.');
    }
    const claim = this.#place.waitBlocked(this.#attempt, deadline) ?? this.#late('doSync', options);
    if (claim === OURS) return this.#runBlocking(fn);
    const { bytes } = this.#value.read();
    return decode(bytes, 0, bytes.length) as R;
  }

  /** Whether it was run: the value is there. */
  done(): boolean {
    return this.#state.isDone;
  }

  readonly #attempt = (lookForDead: boolean): Claim | undefined => this.#state.claim(lookForDead);

  async #run<R>(fn: () => R | Promise<R>): Promise<R> {
    let value: R;
    try {
      this.#value.discard();
      value = await fn();
      this.#value.store(value);
    } catch (error) {
      this.#state.giveUp();
      throw error;
    }
    this.#state.finish();
    return value;
  }

  #runBlocking<R>(fn: () => R): R {
    let value: R;
    try {
      this.#value.discard();
      value = refusePromise(fn(), 'Once.doSync: the function returned a promise, and a blocked thread cannot wait for it. Use one that is not async, or `await once.do(…)`.');
      this.#value.store(value);
    } catch (error) {
      this.#state.giveUp();
      throw error;
    }
    this.#state.finish();
    return value;
  }

  #late(call: string, options: SyncWaitOptions | undefined): never {
    const runner = holderName(this.#state.runner, this.session, this.kernel) ?? 'nobody now';
    throw new TimeoutError(`Once.${call}: no value within ${options?.timeout} ms; the function is run by ${runner}.`);
  }

  protected describe(): string {
    if (this.#state.isDone) return 'done';
    const runner = holderName(this.#state.runner, this.session, this.kernel);
    return runner === null ? 'idle' : `running by ${runner}`;
  }
}
