import { inspect } from 'node:util';
import { ClosedError, type SyncWaitOptions, type WaitOptions } from '@manycore/core';
import { deadlineOf, encode, READY, registerLockType, registerShareable, SHARE, type Deadline, type Readiness, type Shareable, type ShareRecord, type Waitable } from '@manycore/core/internal';
import { QueueEmptyError } from './errors.js';
import { Getting } from './getting.js';
import { Putting } from './putting.js';
import { NOT_EMPTY, QUEUE_PLACES, QueueCore } from './queue-core.js';
import { announceChange, whenChanged } from './ready/changes.js';

const TYPE = 'manycore.SimpleQueue';
registerShareable(TYPE, { module: import.meta.url, rebuild: (ref) => new (SimpleQueue as new (core: QueueCore) => SimpleQueue)(QueueCore.open(TYPE, ref)) });
registerLockType(TYPE, { holders: () => [], queues: QUEUE_PLACES });

/**
 * A queue without limit and without extras between any processes and threads of one tree; hand it to them like any value. Items are kept, ordered and survive as in `Queue`.
 *
 * Memory: what was written before a `put` is visible after the `get` that takes the item.
 *
 * @typeParam T - what the items are; cloned as in `Queue`.
 * @see Python `multiprocessing.SimpleQueue`. Differs: `put` never waits, as no item has to fit a pipe; `get` takes a timeout and a signal, and has a form that does not wait.
 */
export class SimpleQueue<T = unknown> implements Shareable, Waitable {
  readonly #core: QueueCore;
  readonly #putting: Putting;
  readonly #getting: Getting<T>;
  #isClosed = false;

  /** @throws OutOfMemoryError when the session's budget is used up. */
  constructor();
  constructor(core?: unknown) {
    this.#core = core instanceof QueueCore ? core : QueueCore.create(TYPE, 0);
    this.#putting = new Putting(this.#core);
    this.#getting = new Getting<T>(this.#core);
  }

  /**
   * Puts an item. There is always room, so it waits only for a thread that is putting one at this moment: microseconds, which the timeout is not applied to. The item is cloned at the call.
   *
   * @throws SerializationError when the item cannot be sent; the signal's reason when aborted; ClosedError after `close`; OutOfMemoryError when the session's budget is used up. In all cases
   *   nothing was put.
   * @see Python `SimpleQueue.put`.
   */
  async put(item: T, options?: WaitOptions): Promise<void> {
    this.#begin('put', options);
    await this.#putting.put(encode(item, 'item'), Infinity, options?.signal);
  }

  /** As `put`; the item is in the queue when it returns. */
  putSync(item: T, options?: SyncWaitOptions): void {
    this.#begin('putSync', options);
    this.#putting.putBlocked(encode(item, 'item'), Infinity);
  }

  /** The same as `putSync`. */
  putNowait(item: T): void {
    this.#begin('putNowait');
    this.#putting.putBlocked(encode(item, 'item'), Infinity);
  }

  /**
   * Takes the oldest item, waiting while there is none. Does not block the event loop.
   *
   * @throws QueueEmptyError when the timeout passed first; the signal's reason when aborted, with nothing taken; ClosedError after `close`.
   * @see Python `SimpleQueue.get`.
   */
  async get(options?: WaitOptions): Promise<T> {
    const items = await this.#getting.get(1, this.#begin('get', options), options?.signal);
    if (items === undefined) throw empty('get', options);
    return items[0]!;
  }

  /** As `get`, blocking the thread while there is no item. */
  getSync(options?: SyncWaitOptions): T {
    const items = this.#getting.getBlocked(1, this.#begin('getSync', options));
    if (items === undefined) throw empty('getSync', options);
    return items[0]!;
  }

  /** As `get`, without waiting. @throws QueueEmptyError when there is no item. */
  getNowait(): T {
    this.#begin('getNowait');
    const items = this.#getting.getBlocked(1, -Infinity);
    if (items === undefined) throw empty('getNowait', undefined);
    return items[0]!;
  }

  /** Whether no item waits at this moment. @throws ClosedError after `close`, as in Python. */
  empty(): boolean {
    this.#begin('empty');
    return this.#core.isEmpty;
  }

  /** Ends the use of the queue through this object: its other calls throw ClosedError. Others go on. A second time does nothing. Python: `SimpleQueue.close`. */
  close(): void {
    this.#isClosed = true;
    announceChange(this);
  }

  [Symbol.dispose](): void {
    this.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.close();
    return Promise.resolve();
  }

  #begin(call: string, options?: WaitOptions): Deadline {
    if (this.#isClosed) throw new ClosedError(`SimpleQueue.${call}: this queue object was closed in this process.`);
    if (options === undefined) return Infinity;
    const deadline = deadlineOf(options, `SimpleQueue.${call}`);
    options.signal?.throwIfAborted();
    return deadline;
  }

  [READY](): Readiness {
    this.#begin('waitReady');
    const isReady = (lookForDead: boolean): boolean => {
      this.#begin('waitReady');
      return this.#core.isReady(lookForDead);
    };
    return { places: [{ words: this.#core.words, queue: NOT_EMPTY }], isReady, whenChanged: (look) => whenChanged(this, look) };
  }

  [SHARE](): ShareRecord {
    this.#begin('send');
    return { type: TYPE, block: this.#core.block };
  }

  [inspect.custom](): string {
    return `<SimpleQueue(${this.#isClosed ? 'closed' : `${this.#core.size} items`})>`;
  }
}

function empty(call: string, options: SyncWaitOptions | undefined): QueueEmptyError {
  return new QueueEmptyError(`SimpleQueue.${call}: the queue is empty${options?.timeout === undefined ? '' : ` and no item came within ${options.timeout} ms`}.`);
}
