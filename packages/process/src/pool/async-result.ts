/** `AsyncResult`: one call to a pool, its result to come. */
import { InvalidStateError, TimeoutError, type WaitOptions } from '@manycore/core';
import { deadlineOf, neverSent } from '@manycore/core/internal';
import { waitFor } from '../wait.js';

/** For the pool: how the call ended. */
export const RESOLVE: unique symbol = Symbol('resolve');
export const REJECT: unique symbol = Symbol('reject');

/**
 * The result of a call to a pool, now or later. It can be awaited like a promise, but is none until somebody asks: a failure that nobody looks at is no unhandled rejection.
 *
 * @example
 * const result = pool.apply(parse, [text]);
 * console.log(await result, result.ready());
 *
 * @see Python `multiprocessing.pool.AsyncResult`. Differs: awaitable; milliseconds; `get` and `wait` do not block.
 */
export class AsyncResult<T> implements PromiseLike<T> {
  #state: 'pending' | 'fulfilled' | 'rejected' = 'pending';
  #value: unknown;
  #promise: Promise<T> | undefined;
  #settle: (() => void) | undefined;
  #waiting: Set<() => void> | undefined;

  /** Whether it has ended, well or not. */
  ready(): boolean {
    return this.#state !== 'pending';
  }

  /** Whether it has ended well. @throws InvalidStateError as long as it has not ended. */
  successful(): boolean {
    if (this.#state === 'pending') throw new InvalidStateError('AsyncResult.successful(): the result is not there yet; await it, or look at ready().');
    return this.#state === 'fulfilled';
  }

  /** Resolves when it has ended, or the timeout has passed: look at `ready()`. Never rejects with the error of the call. @throws the signal's reason when aborted; TypeError for bad options. */
  async wait(options?: WaitOptions): Promise<void> {
    const deadline = deadlineOf(options, 'AsyncResult.wait()');
    if (options?.signal?.aborted !== true && this.ready()) return;
    const waiting = (this.#waiting ??= new Set());
    const subscribe = (done: () => void): (() => void) => {
      waiting.add(done);
      return () => waiting.delete(done);
    };
    await waitFor(subscribe, deadline, options?.signal);
  }

  /**
   * Resolves with the result, or rejects with what the call failed with.
   * @throws TimeoutError when the timeout passed first: the call goes on, and may be asked again. The signal's reason when aborted.
   */
  async get(options?: WaitOptions): Promise<T> {
    await this.wait(options);
    if (!this.ready()) throw new TimeoutError(`AsyncResult.get(): there was no result within ${options?.timeout} ms. The call goes on.`);
    return await this.#asPromise();
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

  /** @internal */
  [RESOLVE](value: T): void {
    this.#end('fulfilled', value);
  }

  /** @internal */
  [REJECT](error: unknown): void {
    this.#end('rejected', error);
  }

  get [Symbol.toStringTag](): string {
    return 'AsyncResult';
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return `<AsyncResult ${this.#state}>`;
  }

  #end(state: 'fulfilled' | 'rejected', value: unknown): void {
    if (this.#state !== 'pending') return;
    this.#state = state;
    this.#value = value;
    this.#settle?.();
    for (const done of [...(this.#waiting ?? [])]) done();
  }

  #asPromise(): Promise<T> {
    return (this.#promise ??= new Promise<T>((resolve, reject) => {
      this.#settle = () => {
        if (this.#state === 'fulfilled') resolve(this.#value as T);
        // What was thrown is the user's own, Error or not.
        else reject(this.#value);
      };
      if (this.ready()) this.#settle();
    }));
  }
}

neverSent(AsyncResult, 'Await it, and send the value.');
