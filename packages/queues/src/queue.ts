/**
 * `Queue`: what users call; the state and its steps are in queue-core.ts, the waiting in @manycore/core.
 */
import { inspect } from 'node:util';
import { ClosedError, InvalidStateError, type SyncWaitOptions, type WaitOptions } from '@manycore/core';
import { deadlineOf, describe, encode, READY, registerLockType, registerShareable, SHARE, type Deadline, type Readiness, type Shareable, type ShareRecord, type Waitable } from '@manycore/core/internal';
import { QueueEmptyError, QueueFullError, QueueShutdownError } from './errors.js';
import { Getting } from './getting.js';
import { inspectQueue, type QueueInspection } from './inspection.js';
import { Putting } from './putting.js';
import { NOT_EMPTY, QUEUE_PLACES, QueueCore } from './queue-core.js';
import { announceChange, whenChanged } from './ready/changes.js';

const TYPE = 'manycore.Queue';
registerShareable(TYPE, { module: import.meta.url, rebuild: (ref) => new Queue(QueueCore.open(TYPE, ref) as unknown as number) });
registerLockType(TYPE, { holders: () => [], queues: QUEUE_PLACES });

/**
 * A queue of values between any processes and threads of one tree; hand it to them like any value.
 *
 * An item whose `put` has returned lies in shared memory: it survives the death of its producer, and waiting for a producer's end before taking its items never
 * deadlocks. Items of one producer arrive in the order they were put. A consumer that dies takes along only what it had taken.
 *
 * Memory: what was written before a `put` is visible after the `get` that takes the item.
 *
 * @typeParam T - what the items are. They are cloned as by `structuredClone`; objects of manycore and views on shared memory arrive as the same shared objects.
 * @see Python `multiprocessing.Queue`. Differs: milliseconds; no feeder thread; an item that cannot be sent makes `put` itself throw; `shutdown` as in `queue.Queue`.
 */
export class Queue<T = unknown> implements Shareable, Waitable, AsyncIterable<T> {
  readonly #core: QueueCore;
  readonly #putting: Putting;
  readonly #getting: Getting<T>;
  #isClosed = false;

  /**
   * @param maxSize - how many items may wait before `put` waits; 0: no limit but memory.
   * @throws TypeError, RangeError for a size that is no whole number >= 0; OutOfMemoryError when the session's budget is used up.
   */
  constructor(maxSize = 0) {
    // A queue that arrives from somewhere else, and a subclass, bring their core.
    const given: unknown = maxSize;
    this.#core = given instanceof QueueCore ? given : QueueCore.create(TYPE, checkedSize(given, 'Queue'));
    this.#putting = new Putting(this.#core);
    this.#getting = new Getting<T>(this.#core);
  }

  /**
   * Puts an item, waiting while the queue is full. Does not block the event loop. The item is cloned at the call; what happens to it afterwards is not seen by the getter.
   *
   * @throws SerializationError when the item cannot be sent; QueueFullError when the timeout passed first; the signal's reason when aborted; QueueShutdownError after `shutdown`;
   *   ClosedError after `close`; OutOfMemoryError when the session's budget is used up. In all cases nothing was put.
   * @see Python `Queue.put`.
   */
  async put(item: T, options?: WaitOptions): Promise<void> {
    const deadline = this.begin('put', options);
    const message = encode(item, 'item');
    if (!(await this.#putting.put(message, deadline, options?.signal))) throw this.#full('put', options);
  }

  /** As `put`, blocking the thread while the queue is full. */
  putSync(item: T, options?: SyncWaitOptions): void {
    const deadline = this.begin('putSync', options);
    if (!this.#putting.putBlocked(encode(item, 'item'), deadline)) throw this.#full('putSync', options);
  }

  /** As `put`, without waiting. @throws QueueFullError when the queue is full. */
  putNowait(item: T): void {
    this.begin('putNowait');
    if (!this.#putting.putBlocked(encode(item, 'item'), -Infinity)) throw this.#full('putNowait', undefined);
  }

  /** Puts several items in order, waiting where needed. When it throws, those before the one that could not be put are in the queue; the error's message says how many. */
  async putMany(items: Iterable<T>, options?: WaitOptions): Promise<void> {
    const deadline = this.begin('putMany', options);
    let count = 0;
    for (const item of this.#iterable(items, 'putMany')) {
      if (!(await this.#putting.put(encode(item, `items[${count}]`), deadline, options?.signal))) throw this.#full('putMany', options, count);
      count++;
    }
  }

  /** As `putMany`, blocking the thread. */
  putManySync(items: Iterable<T>, options?: SyncWaitOptions): void {
    const deadline = this.begin('putManySync', options);
    let count = 0;
    for (const item of this.#iterable(items, 'putManySync')) {
      if (!this.#putting.putBlocked(encode(item, `items[${count}]`), deadline)) throw this.#full('putManySync', options, count);
      count++;
    }
  }

  /**
   * Takes the oldest item, waiting while there is none. Does not block the event loop.
   *
   * @throws QueueEmptyError when the timeout passed first; the signal's reason when aborted, with nothing taken; QueueShutdownError when the queue is shut down and empty;
   *   ClosedError after `close`.
   * @see Python `Queue.get`.
   */
  async get(options?: WaitOptions): Promise<T> {
    const deadline = this.begin('get', options);
    const items = await this.#getting.get(1, deadline, options?.signal);
    if (items === undefined) throw this.#empty('get', options);
    return items[0]!;
  }

  /** As `get`, blocking the thread while there is no item. */
  getSync(options?: SyncWaitOptions): T {
    const deadline = this.begin('getSync', options);
    const items = this.#getting.getBlocked(1, deadline);
    if (items === undefined) throw this.#empty('getSync', options);
    return items[0]!;
  }

  /** As `get`, without waiting. @throws QueueEmptyError when there is no item. */
  getNowait(): T {
    this.begin('getNowait');
    const items = this.#getting.getBlocked(1, -Infinity);
    if (items === undefined) throw this.#empty('getNowait', undefined);
    return items[0]!;
  }

  /** Waits for one item and takes up to `max` of those that are there: 1 to `max` items, in order. */
  async getMany(max: number, options?: WaitOptions): Promise<T[]> {
    const deadline = this.begin('getMany', options);
    const items = await this.#getting.get(this.#checkedMax(max, 'getMany'), deadline, options?.signal);
    if (items === undefined) throw this.#empty('getMany', options);
    return items;
  }

  /** As `getMany`, blocking the thread while there is no item. */
  getManySync(max: number, options?: SyncWaitOptions): T[] {
    const deadline = this.begin('getManySync', options);
    const items = this.#getting.getBlocked(this.#checkedMax(max, 'getManySync'), deadline);
    if (items === undefined) throw this.#empty('getManySync', options);
    return items;
  }

  /** How many items wait: exact at the moment of the call. Python: `Queue.qsize`. */
  qsize(): number {
    return this.#opened('qsize').size;
  }

  /** Whether no item waits at this moment. */
  empty(): boolean {
    return this.#opened('empty').isEmpty;
  }

  /** Whether as many items wait as may. Always false without a limit. */
  full(): boolean {
    return this.#opened('full').isFull;
  }

  /**
   * Ends the queue for everybody: `put` throws from now on, and `get` once the queue is empty; with `immediate`, at once, and what was inside is dropped. Waiting calls end too.
   * @see Python `queue.Queue.shutdown` (3.13).
   */
  shutdown(options: { immediate?: boolean } = {}): void {
    if (typeof options !== 'object' || options === null) {
      throw new TypeError(`${this.#core.name}.shutdown: expected an options object { immediate }, got ${describe(options)}.`);
    }
    this.#opened('shutdown').shutDown(options.immediate === true);
  }

  /**
   * Tells the state of the queue and who waits at it, in all processes and threads. A snapshot: it takes no lock and keeps nobody waiting, so it can be asked of a program that hangs, and
   * what it tells may have changed since.
   *
   * Not in it: threads that only look for an item, or for room, before they go to sleep; how many promises of one event loop wait; an event loop that was woken just now and has not looked yet.
   * One that waits in `waitReady` counts as a getter.
   */
  inspect(): QueueInspection {
    return inspectQueue(this.#opened('inspect'));
  }

  /** Ends the use of the queue through this object: its other calls throw ClosedError. Others go on. A second time does nothing. Python: `Queue.close`. */
  close(): void {
    this.#isClosed = true;
    announceChange(this);
  }

  /** Python's wait for the feeder thread. There is none: what was put is in shared memory, so it resolves at once. @throws InvalidStateError before `close`. */
  joinThread(): Promise<void> {
    if (this.#isClosed) return Promise.resolve();
    return Promise.reject(new InvalidStateError(`${this.#core.name}.joinThread: call close() first.`));
  }

  /** Python's "do not wait for the feeder thread at exit". There is none: does nothing. */
  cancelJoinThread(): void {
    // Nothing is buffered in the process that put it.
  }

  /** Takes items until the queue is shut down and empty. Several consumers may iterate; each item goes to one of them. */
  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    for (;;) {
      let item: T;
      try {
        item = await this.get();
      } catch (error) {
        if (QueueShutdownError.isInstance(error)) return;
        throw error;
      }
      yield item;
    }
  }

  [Symbol.dispose](): void {
    this.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.close();
    return Promise.resolve();
  }

  /** What every call begins with. @throws ClosedError, TypeError, the reason of a signal that is aborted already */
  protected begin(call: string, options?: WaitOptions): Deadline {
    this.#opened(call);
    if (options === undefined) return Infinity;
    const deadline = deadlineOf(options, `${this.#core.name}.${call}`);
    options.signal?.throwIfAborted();
    return deadline;
  }

  #opened(call: string): QueueCore {
    if (this.#isClosed) throw new ClosedError(`${this.#core.name}.${call}: this queue object was closed in this process.`);
    return this.#core;
  }

  #checkedMax(max: unknown, call: string): number {
    const what = `${this.#core.name}.${call}: max must be`;
    if (typeof max !== 'number' || Number.isNaN(max)) throw new TypeError(`${what} a number of items, got ${describe(max)}.`);
    if (max !== Infinity && (!Number.isInteger(max) || max < 1)) throw new RangeError(`${what} a whole number >= 1, got ${max}.`);
    return max;
  }

  #iterable(items: Iterable<T>, call: string): Iterable<T> {
    if (typeof (items as Partial<Iterable<T>> | null | undefined)?.[Symbol.iterator] !== 'function') {
      throw new TypeError(`${this.#core.name}.${call}: expected an iterable of items, got ${describe(items)}.`);
    }
    return items;
  }

  #full(call: string, options: SyncWaitOptions | undefined, count?: number): QueueFullError {
    const within = options?.timeout === undefined ? '' : ` and no room came within ${options.timeout} ms`;
    return new QueueFullError(`${this.#core.name}.${call}: the queue is full${within}.${count === undefined ? '' : ` ${count} items were put before.`}`);
  }

  #empty(call: string, options: SyncWaitOptions | undefined): QueueEmptyError {
    return new QueueEmptyError(`${this.#core.name}.${call}: the queue is empty${options?.timeout === undefined ? '' : ` and no item came within ${options.timeout} ms`}.`);
  }

  [READY](): Readiness {
    const core = this.#opened('waitReady');
    return {
      places: [{ words: core.words, queue: NOT_EMPTY }],
      isReady: (lookForDead) => this.#opened('waitReady').isReady(lookForDead),
      whenChanged: (look) => whenChanged(this, look),
    };
  }

  [SHARE](): ShareRecord {
    const { type, block } = this.#opened('send');
    return { type, block };
  }

  [inspect.custom](): string {
    const { name, size, maxSize, isShutDown } = this.#core;
    const state = this.#isClosed ? ', closed' : isShutDown ? ', shut down' : '';
    return `<${name}(${size}${maxSize > 0 ? ` of ${maxSize}` : ''} items${state})>`;
  }
}

const MAX_SIZE = 2 ** 31 - 1;

/** @throws TypeError, RangeError; `call` is as in messages. */
export function checkedSize(maxSize: unknown, call: string): number {
  if (typeof maxSize !== 'number' || Number.isNaN(maxSize)) throw new TypeError(`${call}: maxSize must be a number of items, got ${describe(maxSize)}.`);
  if (maxSize === Infinity) return 0;
  if (!Number.isInteger(maxSize) || maxSize < 0 || maxSize > MAX_SIZE) {
    throw new RangeError(`${call}: maxSize must be a whole number from 0 (no limit) to ${MAX_SIZE}, got ${maxSize}.`);
  }
  return maxSize;
}
