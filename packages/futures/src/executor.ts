/**
 * `Executor`: the contract. It names no process: tasks may be run anywhere, and an executor need only say how one call and one chunk of a map become futures, and how it is shut down.
 *
 * What every executor promises: arguments are copied when the task is given away; what a function throws arrives whole; a task begins at most once, unless it has `retries`; `cancel` of a future whose task has not begun
 * gives it up; futures among the arguments are awaited before the task is queued, so that tasks that wait for others take no worker. The conformance suite of `@manycore/testing` tests all of it.
 */
import type { WaitOptions } from '@manycore/core';
import { describe, neverSent } from '@manycore/core/internal';
import { isAsyncIterable, isIterable, mustBeFunction, type Input } from '@manycore/process/internal';
import { callSettings, DEFAULT_SETTINGS, type CallSettings, type ExecutorCallOptions } from './call-settings.js';
import type { Future } from './future.js';
import { MapResults, type Chunk, type ChunkOutcome } from './map-results.js';
import { zip } from './zip.js';

/** Arguments of a call: each may be a future of what the function takes. */
export type Arguments<A extends readonly unknown[]> = { [K in keyof A]: A[K] | Future<A[K]> };
/** Inputs of a map: an iterable, asynchronous or not, for each parameter. */
export type Inputs<A extends readonly unknown[]> = { [K in keyof A]: Input<A[K] | Future<A[K]>> };

export interface ShutdownOptions extends WaitOptions {
  /** Whether to wait until everything is done and the workers have ended; default true. */
  wait?: boolean | undefined;
  /** Whether to cancel what has not begun; default false. */
  cancelFutures?: boolean | undefined;
}

/** @see Python `concurrent.futures.Executor` */
export abstract class Executor implements AsyncDisposable {
  /** What calls are made with. */
  protected readonly settings: CallSettings = DEFAULT_SETTINGS;

  /**
   * Calls `fn(...args)` elsewhere. The arguments are copied now; those that are futures are awaited first, and when one of them fails or is cancelled, so does this call.
   *
   * @param fn - a function that another process can name.
   * @returns the result to come. It fails with what the function threw; SerializationError when arguments or result cannot be sent; WorkerLostError, TaskTimeoutError, CancelledError.
   * @throws ClosedError after `shutdown`; BrokenExecutorError; TargetError for a function that cannot be named; TypeError.
   * @example const sum = executor.submit(add, 1, executor.submit(add, 2, 3));
   * @see Python `Executor.submit`. Differs: futures as arguments; a function that returns a promise is awaited.
   */
  submit<A extends readonly unknown[], R>(fn: (...args: A) => R | PromiseLike<R>, ...args: Arguments<A>): Future<R> {
    mustBeFunction(fn, `${this.name}.submit(fn)`);
    return this.submitCall(fn, args, this.settings) as Future<R>;
  }

  /**
   * Calls `fn` with one item of each iterable, until the shortest ends; the results come in the order of the items. All items are pulled now, and their calls run whether or not somebody consumes; with `bufferSize`
   * at most so many are pulled ahead of the consumer, so that the input may be endless. An item that fails ends the iteration with its error; what has not begun is then cancelled, as it is when the consumer leaves.
   *
   * @throws as `submit`; TypeError for what is not iterable.
   * @example for await (const page of executor.with({ bufferSize: 8 }).map(download, urls)) index(page);
   * @see Python `Executor.map`. Differs: asynchronous; `bufferSize` counts items, and so many ahead of the consumer; what an iterable throws comes behind the results before it.
   */
  map<A extends readonly unknown[], R>(fn: (...args: A) => R | PromiseLike<R>, ...iterables: Inputs<A>): MapResults<R> {
    const call = `${this.name}.map`;
    mustBeFunction(fn, `${call}(fn)`);
    for (const input of iterables as readonly unknown[]) {
      if (!isIterable(input) && !isAsyncIterable(input)) throw new TypeError(`${call}(fn, …iterables): expected iterables, synchronous or not, got ${describe(input)}.`);
    }
    const { settings } = this;
    const spread = iterables.length !== 1;
    return new MapResults<R>({
      submit: (items) => this.submitChunk(fn, { items, spread }, settings),
      source: zip(iterables as readonly Input<unknown>[]),
      chunkSize: settings.chunkSize,
      bufferSize: settings.bufferSize,
    });
  }

  /**
   * A view of this executor whose calls have these options; on top of those that it has, when it is a view itself.
   * @throws TypeError, RangeError
   * @example const urgent = executor.with({ priority: 1, timeout: 1000 });
   */
  with(options: ExecutorCallOptions): Executor {
    return new View(this, options, `${this.name}.with`);
  }

  /**
   * Takes no more calls; those it has are done. May be called again.
   *
   * @returns when everything is done and the workers have ended; at once with `wait: false`: then the program still does not end before its calls have.
   * @throws TimeoutError when the timeout passed first: the shutdown goes on. The signal's reason when aborted.
   */
  abstract shutdown(options?: ShutdownOptions): Promise<void>;

  /** For makers of executors: takes a call. @throws as `submit` */
  abstract submitCall(fn: Function, args: readonly unknown[], settings: CallSettings): Future<unknown>;

  /** For makers of executors: takes a chunk of a map. @throws as `submit` */
  abstract submitChunk(fn: Function, chunk: Chunk, settings: CallSettings): Future<ChunkOutcome>;

  /** How messages call it. */
  protected get name(): string {
    return this.constructor.name || 'Executor';
  }

  /** As `shutdown()`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.shutdown();
  }
}

neverSent(Executor, 'A task may make one of its own.');

/** What `with` gives. */
class View extends Executor {
  protected override readonly settings: CallSettings;
  readonly #executor: Executor;
  readonly #options: ExecutorCallOptions;
  readonly #name: string;

  constructor(executor: Executor, options: ExecutorCallOptions, name: string) {
    super();
    this.#executor = executor;
    this.#options = options;
    this.#name = name;
    this.settings = callSettings(options, name);
  }

  protected override get name(): string {
    return this.#name.replace(/\.with$/, '');
  }

  override with(options: ExecutorCallOptions): Executor {
    return new View(this.#executor, { ...this.#options, ...options }, this.#name);
  }

  submitCall(fn: Function, args: readonly unknown[], settings: CallSettings): Future<unknown> {
    return this.#executor.submitCall(fn, args, settings);
  }

  submitChunk(fn: Function, chunk: Chunk, settings: CallSettings): Future<ChunkOutcome> {
    return this.#executor.submitChunk(fn, chunk, settings);
  }

  shutdown(options?: ShutdownOptions): Promise<void> {
    return this.#executor.shutdown(options);
  }
}
