import { ClosedError, InvalidStateError, type WaitOptions } from '@manycore/core';
import { deadlineOf, describe } from '@manycore/core/internal';
import { QueueShutdownError, type QueueInspection } from '@manycore/queues';
import { registerProxyClass } from '../client/proxy-classes.js';
import { RemoteObject } from '../remote-object.js';
import type { QueueReferent } from './queue.js';

/**
 * A queue of values in the server of a manager, between any programs that reach it.
 *
 * An item whose `put` has resolved is in the server: it survives the death of its producer. Items of one thread arrive in the order they were put, awaited or not. A consumer that dies takes along only what it had
 * taken. Those who wait are served in the order they came.
 *
 * @typeParam T - what the items are. They are cloned as by `structuredClone`; objects of manycore, proxies among them, arrive as the same shared objects.
 * @see Python `SyncManager.Queue`. Differs: promises; milliseconds; `putMany`, `getMany`; an item that cannot be sent makes `put` itself reject.
 */
export class QueueProxy<T = unknown, R extends QueueReferent = QueueReferent> extends RemoteObject<R> implements AsyncIterable<T> {
  protected readonly name: string = 'Queue';
  #isClosed = false;

  /**
   * Puts an item, waiting while the queue is full.
   * @throws SerializationError when the item cannot be sent; QueueFullError when the timeout passed first; the signal's reason when aborted; QueueShutdownError after `shutdown`; ClosedError after `close`;
   *   ManagerError when the server is gone. In all cases but the last nothing was put.
   */
  async put(item: T, options?: WaitOptions): Promise<void> {
    this.begin('put', options);
    await this.call('putAll', options === undefined ? [[item], 'put'] : [[item], 'put', options]);
  }

  /** As `put`, without waiting for room. @throws QueueFullError when the queue is full. */
  async putNowait(item: T): Promise<void> {
    this.begin('putNowait');
    await this.call('putAll', [[item], 'putNowait', { timeout: 0 }]);
  }

  /** Puts several items in order and in one piece, waiting where needed. When it rejects, those before the one that could not be put are in the queue; the error's message says how many. */
  async putMany(items: Iterable<T>, options?: WaitOptions): Promise<void> {
    this.begin('putMany', options);
    if (typeof (items as Partial<Iterable<T>> | null | undefined)?.[Symbol.iterator] !== 'function') {
      throw new TypeError(`${this.name}.putMany: expected an iterable of items, got ${describe(items)}.`);
    }
    await this.call('putAll', options === undefined ? [[...items], 'putMany'] : [[...items], 'putMany', options]);
  }

  /**
   * Takes the oldest item, waiting while there is none.
   * @throws QueueEmptyError when the timeout passed first; the signal's reason when aborted, with nothing taken; QueueShutdownError when the queue is shut down and empty; ClosedError after `close`; ManagerError when the
   *   server is gone.
   */
  async get(options?: WaitOptions): Promise<T> {
    this.begin('get', options);
    return (await this.take(1, 'get', options))[0]!;
  }

  /** As `get`, without waiting for an item. @throws QueueEmptyError when there is none. */
  async getNowait(): Promise<T> {
    this.begin('getNowait');
    return (await this.take(1, 'getNowait', { timeout: 0 }))[0]!;
  }

  /** Waits for one item and takes up to `max` of those that are there: 1 to `max` items, in order. */
  async getMany(max: number, options?: WaitOptions): Promise<T[]> {
    this.begin('getMany', options);
    return this.take(max, 'getMany', options);
  }

  /** How many items wait. Python: `Queue.qsize`. */
  async qsize(): Promise<number> {
    this.begin('qsize');
    return this.call('qsize');
  }

  /** Whether no item waits at this moment. */
  async empty(): Promise<boolean> {
    this.begin('empty');
    return this.call('empty');
  }

  /** Whether as many items wait as may. Always false without a limit. */
  async full(): Promise<boolean> {
    this.begin('full');
    return this.call('full');
  }

  /** Ends the queue for everybody: `put` rejects from now on, and `get` once the queue is empty; with `immediate`, at once, and what was inside is dropped. Waiting calls end too. */
  async shutdown(options: { immediate?: boolean } = {}): Promise<void> {
    this.begin('shutdown');
    await this.call('shutdown', [options]);
  }

  /** Tells the state of the queue and who waits at it. */
  async inspect(): Promise<QueueInspection> {
    this.begin('inspect');
    return this.call('inspect');
  }

  /** Ends the use of the queue through this object, in this thread: its other calls reject with ClosedError. Others go on. A second time does nothing. */
  close(): void {
    this.#isClosed = true;
  }

  /** Python's wait for the feeder thread. There is none: resolves at once. @throws InvalidStateError before `close`. */
  joinThread(): Promise<void> {
    if (this.#isClosed) return Promise.resolve();
    return Promise.reject(new InvalidStateError(`${this.name}.joinThread: call close() first.`));
  }

  /** Python's "do not wait for the feeder thread at exit". There is none: does nothing. */
  cancelJoinThread(): void {
    // What was put is in the server, or on its way there.
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

  /** What every call begins with. @throws ClosedError, TypeError */
  protected begin(call: string, options?: WaitOptions): void {
    if (this.#isClosed) throw new ClosedError(`${this.name}.${call}: this queue object was closed in this thread.`);
    if (options !== undefined) deadlineOf(options, `${this.name}.${call}`);
  }

  protected take(max: number, call: string, options: WaitOptions | undefined): Promise<T[]> {
    return this.call('takeAll', options === undefined ? [max, call] : [max, call, options]);
  }
}

registerProxyClass(QueueProxy, 'manycore.QueueProxy', import.meta.url);
