import { InvalidStateError, transfer } from '@manycore/core';
import { describe, now, neverSent } from '@manycore/core/internal';
import { AsyncResult, REJECT, RESOLVE } from './async-result.js';
import { contextFlag, contextToCarry, withContext } from './carried-context.js';
import { checkCallback, mustBeFunction, NO_CALL_OPTIONS, taskOptions, wholeNumber } from './call-options.js';
import { CallOutcome } from './call-outcome.js';
import { defaultChunkSize, isAsyncIterable, isIterable, listOf, type Input } from './chunks.js';
import { Publisher } from './channels.js';
import { ticks } from './clock.js';
import { Engine } from './engine.js';
import { ImapIterator } from './imap-iterator.js';
import { isolated } from './isolated.js';
import { MapRun } from './map-run.js';
import { capture, Origins } from './origins.js';
import type { ApplyOptions, ImapOptions, MapOptions } from './pool-call-options.js';
import { poolOptions, type PoolOptions } from './pool-options.js';
import { Statistics, type PoolStats } from './pool-stats.js';
import { shown } from './progress.js';
import { CALL, MAP, STARMAP, type Operation } from './protocol.js';
import { Task } from './task.js';
import { Recorder, type Timeline } from './timeline.js';

type Fn<A extends readonly unknown[], R> = (...args: A) => R | PromiseLike<R>;

/** A pool that nobody has any more finishes what it has, and lets its workers go. */
const forgotten = new FinalizationRegistry<Engine>((engine) => engine.close());

/**
 * Worker processes that run functions for this one. They are started at once, replaced when they die, and end with this process; an idle pool does not keep it alive.
 *
 * A task runs in one worker, and a worker runs one task at a time. Arguments and results are copied, handles and shared memory arrive as the same objects. Functions are named as the target of a `Process`. A worker that
 * dies takes its task along, which fails with `WorkerLostError` or is begun again (`retries`); other tasks do not notice.
 *
 * @example
 * await using pool = new Pool(4);
 * console.log(await pool.map(parse, files));
 *
 * @see Python `multiprocessing.Pool`. Differs: promises; lazy `imap`; priorities, timeouts, retries; a dead worker fails its task instead of hanging it.
 */
export class Pool {
  readonly #engine: Engine;
  readonly #className: string;
  readonly #origins = new Origins();
  readonly #statistics: Statistics;
  readonly #recorder: Recorder;

  /**
   * Starts the first worker; others are started with tasks that find none to run them, and all that are missing a tenth of a second later.
   *
   * @param processes - how many; default `processCpuCount()`.
   * @throws TypeError, RangeError for bad options; TargetError for an initializer that cannot be named; ProcessError when the system refuses the first process. Then none is left. When it refuses a later one,
   * tasks fail with a BrokenProcessPoolError whose `cause` says why.
   */
  constructor(processes?: number, options: PoolOptions = {}) {
    const startedAt: { stack?: string } = {};
    Error.captureStackTrace(startedAt, new.target);
    this.#className = new.target.name || 'Pool';
    this.#engine = new Engine(poolOptions(this.#className, processes, options), startedAt);
    this.#statistics = new Statistics(this.#engine);
    this.#recorder = new Recorder(this.#engine);
    this.#engine.observers.add(this.#statistics);
    this.#engine.observers.add(this.#recorder);
    this.#engine.observers.add(new Publisher(this.#engine));
    forgotten.register(this, this.#engine, this);
  }

  /**
   * Calls `fn` with `args` in a worker. The arguments are copied now.
   *
   * @returns the result to come. It rejects with what the function threw; SerializationError when the arguments or the result cannot be sent; WorkerLostError, TaskTimeoutError, CancelledError.
   * @throws ClosedError when the pool takes no more work; BrokenProcessPoolError; TargetError for a function that cannot be named; TypeError, RangeError for bad options.
   * @see Python `Pool.apply_async`, and with `await` `Pool.apply`.
   */
  apply<A extends readonly unknown[], R>(fn: Fn<A, R>, args?: A, options: ApplyOptions<R> = NO_CALL_OPTIONS): AsyncResult<R> {
    const call = `${this.#className}.apply`;
    const engine = this.#begin(fn, call);
    if (args !== undefined && !Array.isArray(args)) throw new TypeError(`${call}(fn, args): expected an array of arguments, got ${describe(args)}.`);
    const checked = taskOptions(options, call);
    const context = contextToCarry(options.context, call);
    const { callback, errorCallback, onProgress, transfer: list } = options;
    checkCallback(callback, 'callback', call);
    checkCallback(errorCallback, 'errorCallback', call);
    checkCallback(onProgress, 'onProgress', call);
    const outcome = new CallOutcome(options);
    const values = withContext(args ?? [], context);
    const input = list === undefined ? values : transfer(values, list);
    engine.submit(new Task(CALL, contextFlag(context), engine.functions.numberOf(fn, `${call}(fn)`), input, 'args', checked, outcome, this.#origins.of(fn, this.apply, now()), ticks()));
    return outcome.result;
  }

  /** The same as `apply`. */
  applyAsync<A extends readonly unknown[], R>(fn: Fn<A, R>, args?: A, options?: ApplyOptions<R>): AsyncResult<R> {
    return this.apply(fn, args, options);
  }

  /**
   * Calls `fn` with each item, and with nothing else, in the workers; the results come in the order of the items. An asynchronous iterable is read to its end first. Items are copied when their chunk is sent.
   *
   * @returns the array to come. When items fail, it rejects after everything else is done, with the error of the first of them (`failFast`: at once).
   * @throws as `apply`; RangeError for a chunk size below 1.
   * @see Python `Pool.map`.
   */
  map<T, R>(fn: (item: T) => R | PromiseLike<R>, items: Input<T>, options: MapOptions<R> = {}): AsyncResult<R[]> {
    return this.#map(MAP, fn, items, options, `${this.#className}.map`, this.map);
  }

  /** The same as `map`. */
  mapAsync<T, R>(fn: (item: T) => R | PromiseLike<R>, items: Input<T>, options: MapOptions<R> = {}): AsyncResult<R[]> {
    return this.#map(MAP, fn, items, options, `${this.#className}.mapAsync`, this.mapAsync);
  }

  /** As `map`, of lists of arguments. @see Python `Pool.starmap`. */
  starmap<A extends readonly unknown[], R>(fn: Fn<A, R>, items: Input<A>, options: MapOptions<R> = {}): AsyncResult<R[]> {
    return this.#map(STARMAP, fn, items, options, `${this.#className}.starmap`, this.starmap);
  }

  /** The same as `starmap`. */
  starmapAsync<A extends readonly unknown[], R>(fn: Fn<A, R>, items: Input<A>, options: MapOptions<R> = {}): AsyncResult<R[]> {
    return this.#map(STARMAP, fn, items, options, `${this.#className}.starmapAsync`, this.starmapAsync);
  }

  /**
   * As `map`, giving the results one by one in the order of the items. The input, which may be endless, is pulled as the results are asked for.
   * @see Python `Pool.imap`. Differs: lazy; an item that failed rejects `next()` at its place, and the next call goes on, whatever the chunk size.
   */
  imap<T, R>(fn: (item: T) => R | PromiseLike<R>, items: Input<T>, options: ImapOptions = {}): ImapIterator<R> {
    return this.#imap(fn, items, options, true, `${this.#className}.imap`, this.imap);
  }

  /** As `imap`, in the order in which results come. */
  imapUnordered<T, R>(fn: (item: T) => R | PromiseLike<R>, items: Input<T>, options: ImapOptions = {}): ImapIterator<R> {
    return this.#imap(fn, items, options, false, `${this.#className}.imapUnordered`, this.imapUnordered);
  }

  /**
   * Numbers of the pool and its workers at this moment. It reads a file of /proc for each worker, so some 10 µs each; the counting itself costs next to nothing. Also of a pool that has ended.
   *
   * @example
   * const { queued, running, latencyMs, workers } = pool.stats();
   * console.log(`${running} running, ${queued} waiting, median ${latencyMs.p50} ms, ${workers.map(({ rssBytes }) => rssBytes)}`);
   */
  stats(): PoolStats {
    return this.#statistics.read();
  }

  /**
   * What each worker did and when: starts, tasks by the name of their function, and idle times, as an object for `JSON.stringify` in the trace format of Chrome, which https://ui.perfetto.dev opens. The last 100 000
   * tasks are remembered (24 bytes each), a chunk of a map being one; a task is there once its worker has ended it. Times are microseconds of the system's monotonic clock.
   *
   * @example
   * await writeFile('pool.json', JSON.stringify(pool.timeline()));
   */
  timeline(): Timeline {
    return this.#recorder.draw();
  }

  /** Takes no more work; what it has is done, and then the workers end. */
  close(): void {
    this.#engine.close();
  }

  /** Ends all workers now, after `graceMs` by force; what is not done rejects with CancelledError. Resolves when they have ended. */
  async terminate(): Promise<void> {
    forgotten.unregister(this);
    this.#engine.terminate();
    await this.#engine.ended();
  }

  /** Waits for the workers to end, after `close` or `terminate`. @throws InvalidStateError while the pool takes work. */
  async join(): Promise<void> {
    if (this.#engine.state === 'running') throw new InvalidStateError(`${this.#className}.join(): the pool still takes work; close() or terminate() it first.`);
    await this.#engine.ended();
  }

  /** As `terminate`. @see Python `Pool.__exit__`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.terminate();
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    const { state, options, queue, staff } = this.#engine;
    return `<${this.#className} ${state === 'over' ? 'terminated' : state} workers=${options.size} queued=${queue.size} running=${staff.running}>`;
  }

  #begin(fn: unknown, call: string): Engine {
    this.#engine.mustTakeTasks(call);
    mustBeFunction(fn, `${call}(fn)`);
    return this.#engine;
  }

  #map<R>(operation: Operation, fn: Function, items: Input<unknown>, options: MapOptions<R>, call: string, frame: Function): AsyncResult<R[]> {
    const engine = this.#begin(fn, call);
    mustBeInput(items, call);
    const checked = taskOptions(options, call);
    const context = contextToCarry(options.context, call);
    const { chunkSize, failFast = false, progress = false, onProgress, callback, errorCallback } = options;
    if (chunkSize !== undefined) wholeNumber(chunkSize, `${call}: chunkSize`, 1);
    if (typeof failFast !== 'boolean') throw new TypeError(`${call}: failFast must be true or false, got ${describe(failFast)}.`);
    if (typeof progress !== 'boolean') throw new TypeError(`${call}: progress must be true or false, got ${describe(progress)}.`);
    checkCallback(onProgress, 'onProgress', call);
    checkCallback(callback, 'callback', call);
    checkCallback(errorCallback, 'errorCallback', call);
    const number = engine.functions.numberOf(fn, `${call}(fn)`);
    const origin = capture(frame);
    const result = new AsyncResult<R[]>();
    const listener = {
      done: (values: unknown[]) => {
        if (callback !== undefined) isolated(callback, values as R[]);
        result[RESOLVE](values as R[]);
      },
      failed: (error: unknown) => {
        if (errorCallback !== undefined) isolated(errorCallback, error);
        result[REJECT](error);
      },
      ...(onProgress === undefined
        ? {}
        : {
            progress: (done: number, total: number, taskId: number, value?: unknown) => isolated(onProgress, { done, total, taskId, ...(value === undefined ? {} : { value }) }),
          }),
    };
    const start = (list: readonly unknown[]): void => {
      const size = chunkSize ?? (checked.timeout === Infinity ? defaultChunkSize(list.length, engine.options.size) : 1);
      const told = progress ? shown(listener, `${call}(${engine.functions.get(number).name})`, list.length) : listener;
      new MapRun({ engine, operation, fn: number, items: list, isShared: list === items, chunkSize: size, options: checked, context, failFast, origin, listener: told }).start();
    };
    const list = listOf(items);
    if (list instanceof Promise) list.then(start).catch(listener.failed);
    else start(list);
    return result;
  }

  #imap<R>(fn: Function, items: Input<unknown>, options: ImapOptions, isOrdered: boolean, call: string, frame: Function): ImapIterator<R> {
    const engine = this.#begin(fn, call);
    mustBeInput(items, call);
    const checked = taskOptions(options, call);
    const context = contextToCarry(options.context, call);
    const chunkSize = wholeNumber(options.chunkSize ?? 1, `${call}: chunkSize`, 1);
    const bufferSize = wholeNumber(options.bufferSize ?? 4 * engine.options.size * chunkSize, `${call}: bufferSize`, 1);
    const number = engine.functions.numberOf(fn, `${call}(fn)`);
    return new ImapIterator<R>({ engine, fn: number, input: items, chunkSize, bufferSize, isOrdered, options: checked, context, origin: capture(frame) });
  }
}

neverSent(Pool, 'A task may make one of its own; other processes can ask for work through a Queue, or by a Pool of a Manager.');

/** Worker threads that run functions, as `Pool`. @see Python `multiprocessing.pool.ThreadPool`. */
export class ThreadPool extends Pool {
  constructor(threads?: number, options: PoolOptions = {}) {
    super(threads, { startMethod: 'thread', ...options });
  }
}

function mustBeInput(items: unknown, call: string): void {
  if (!isIterable(items) && !isAsyncIterable(items)) throw new TypeError(`${call}(fn, items): expected an iterable, synchronous or not, got ${describe(items)}.`);
}
