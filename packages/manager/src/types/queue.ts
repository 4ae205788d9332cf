/**
 * The referent of a `Queue`: items in the memory of the server, who waits for one, and who waits for room.
 *
 * After every change `serve` moves items for as long as something moves: from putters into the room there is, from the queue to getters. So there are never an item and a getter, or room and a putter,
 * that wait for each other. What a putter has still to put stays with its waiter, so that the items of one `putMany` come in one piece, and in order with later puts of the same client.
 *
 * A client that dies takes along only what it had taken; what it waited to put is not put. An item whose `put` was replied to, or was about to be, is in the queue.
 */
import type { WaitOptions } from '@manycore/core';
import { deadlineOf, describe } from '@manycore/core/internal';
import { QueueEmptyError, QueueFullError, QueueShutdownError, type QueueInspection } from '@manycore/queues';
import { caller, type CallerClient } from '../server/caller.js';
import { flagOf, optionsOf, wholeNumber } from './arguments.js';
import { Deque } from './deque.js';
import { WaitList } from './wait-list.js';

/** Items that were taken, and the numbers under which a joinable queue knows them. */
export interface Batch {
  readonly items: unknown[];
  readonly leases: number[];
}

interface Getter {
  readonly max: number;
  readonly client: CallerClient;
}
interface Putter {
  readonly items: readonly unknown[];
  /** How many of them are in the queue. */
  done: number;
  readonly client: CallerClient;
}

const MOST_SIZE = 2 ** 31 - 1;

/** A queue of values in the memory of the server. */
export class QueueReferent {
  readonly #items = new Deque<unknown>();
  readonly #getters = new WaitList<Getter, Batch>();
  readonly #putters = new WaitList<Putter, true>();
  readonly #maxSize: number;
  #isShutDown = false;

  constructor(
    maxSize = 0,
    protected readonly name = 'Queue',
  ) {
    this.#maxSize = checkedSize(maxSize, name);
  }

  put(item: unknown, options?: WaitOptions): void | Promise<void> {
    return this.putAll([item], 'put', options);
  }

  putNowait(item: unknown): void {
    void this.putAll([item], 'putNowait', { timeout: 0 });
  }

  putMany(items: Iterable<unknown>, options?: WaitOptions): void | Promise<void> {
    if (typeof (items as Partial<Iterable<unknown>> | null | undefined)?.[Symbol.iterator] !== 'function') {
      throw new TypeError(`${this.name}.putMany: expected an iterable of items, got ${describe(items)}.`);
    }
    return this.putAll([...items], 'putMany', options);
  }

  /** What all of these do. Proxies call it: in an array, an item is never taken for an option or for a function that goes by its name. @param call - as in messages. */
  putAll(items: readonly unknown[], call: string, options?: WaitOptions): void | Promise<void> {
    const deadline = deadlineOf(options, `${this.name}.${call}`);
    if (this.#isShutDown) throw this.#shutDownError(call);
    const { client } = caller();
    const putter: Putter = { items, done: 0, client };
    // What is handed out makes room for more.
    while (this.#putters.size === 0 && putter.done < items.length && this.#move(putter)) this.serve();
    if (putter.done === items.length) return;
    if (deadline === -Infinity) throw this.#fullError(call, options, putter);
    return this.#putters.wait(putter, deadline, caller().signal).then((given) => {
      if (given === undefined) throw this.#fullError(call, options, putter);
    });
  }

  get(options?: WaitOptions): unknown {
    const batch = this.take(1, 'get', options);
    return batch instanceof Promise ? batch.then(({ items }) => items[0]) : batch.items[0];
  }

  getNowait(): unknown {
    return (this.take(1, 'getNowait', { timeout: 0 }) as Batch).items[0];
  }

  /** Waits for one item and takes up to `max` of those that are there. */
  getMany(max: number, options?: WaitOptions): unknown[] | Promise<unknown[]> {
    return this.takeAll(max, 'getMany', options);
  }

  /** What all of these do, for proxies. @param call - as in messages. */
  takeAll(max: number, call: string, options?: WaitOptions): unknown[] | Promise<unknown[]> {
    const batch = this.take(this.checkedMax(max), call, options);
    return batch instanceof Promise ? batch.then(({ items }) => items) : batch.items;
  }

  qsize(): number {
    return this.#items.length;
  }

  empty(): boolean {
    return this.qsize() === 0;
  }

  full(): boolean {
    return this.#maxSize > 0 && this.#items.length >= this.#maxSize;
  }

  shutdown(options?: { immediate?: boolean }): void {
    const isImmediate = flagOf(optionsOf(options, `${this.name}.shutdown`).immediate, `${this.name}.shutdown: immediate`);
    this.#isShutDown = true;
    if (isImmediate) {
      this.dropped(this.#items.length);
      this.#items.clear();
    }
    for (const putter of this.#putters) putter.fail(this.#shutDownError('put'));
    this.serve();
  }

  inspect(): QueueInspection {
    const who = ({ client: { pid, name } }: { client: CallerClient }): QueueInspection['getters'][number] => ({ pid, name, how: 'promise' });
    return {
      size: this.qsize(),
      maxSize: this.#maxSize,
      isShutDown: this.#isShutDown,
      getters: [...this.#getters].map(({ what }) => who(what)),
      putters: [...this.#putters].map(({ what }) => who(what)),
    };
  }

  protected get isShutDown(): boolean {
    return this.#isShutDown;
  }

  /** Takes up to `max` items, or waits for one. @throws QueueEmptyError, QueueShutdownError */
  protected take(max: number, call: string, options: WaitOptions | undefined): Batch | Promise<Batch> {
    const deadline = deadlineOf(options, `${this.name}.${call}`);
    if (this.qsize() > 0) {
      const batch = this.takeOut(max, caller().client);
      this.serve();
      return batch;
    }
    if (this.#isShutDown) throw this.#shutDownError(call);
    if (deadline === -Infinity) throw this.#empty(call, undefined);
    const { client, signal } = caller();
    return this.#getters.wait({ max, client }, deadline, signal).then((batch) => {
      if (batch === undefined) throw this.#empty(call, options?.timeout);
      return batch;
    });
  }

  protected checkedMax(max: unknown): number {
    const what = `${this.name}.getMany: max must be`;
    if (typeof max !== 'number' || Number.isNaN(max)) throw new TypeError(`${what} a number of items, got ${describe(max)}.`);
    if (max !== Infinity && (!Number.isInteger(max) || max < 1)) throw new RangeError(`${what} a whole number >= 1, got ${max}.`);
    return max;
  }

  /** Takes items that are there. What is returned is the client's from here on. */
  protected takeOut(max: number, _client: CallerClient): Batch {
    const items: unknown[] = [];
    while (items.length < max && this.#items.length > 0) items.push(this.#items.shift());
    return { items, leases: [] };
  }

  /** One more item is in the queue. */
  protected added(): void {
    // Only a joinable queue counts them.
  }

  /** So many items were dropped by a shutdown. */
  protected dropped(_count: number): void {
    // As above.
  }

  /** Lets everybody go on who can. */
  protected serve(): void {
    do this.#refill();
    while (this.#handOut());
    if (this.#isShutDown && this.qsize() === 0) for (const getter of this.#getters) getter.fail(this.#shutDownError('get'));
  }

  /** Puts what there is room for; whether that was something. */
  #move(putter: Putter): boolean {
    const before = putter.done;
    while (putter.done < putter.items.length && !this.full()) {
      this.#items.push(putter.items[putter.done++]);
      this.added();
    }
    return putter.done > before;
  }

  #refill(): void {
    for (const waiter of this.#putters) {
      this.#move(waiter.what);
      if (waiter.what.done < waiter.what.items.length) return;
      waiter.give(true);
    }
  }

  #handOut(): boolean {
    let hasMoved = false;
    for (const waiter of this.#getters) {
      if (this.qsize() === 0) break;
      waiter.give(this.takeOut(waiter.what.max, waiter.what.client));
      hasMoved = true;
    }
    return hasMoved;
  }

  #shutDownError(call: string): QueueShutdownError {
    return new QueueShutdownError(`${this.name}.${call}: the queue is shut down${call.startsWith('get') ? ' and empty' : ''}.`);
  }

  #fullError(call: string, options: WaitOptions | undefined, { done }: Putter): QueueFullError {
    const within = call === 'putNowait' || options?.timeout === undefined ? '' : ` and no room came within ${options.timeout} ms`;
    return new QueueFullError(`${this.name}.${call}: the queue is full${within}.${call === 'putMany' ? ` ${done} items were put before.` : ''}`);
  }

  #empty(call: string, timeout: number | undefined): QueueEmptyError {
    return new QueueEmptyError(`${this.name}.${call}: the queue is empty${timeout === undefined ? '' : ` and no item came within ${timeout} ms`}.`);
  }
}

/** @throws TypeError, RangeError; `call` is as in messages. */
function checkedSize(maxSize: unknown, call: string): number {
  if (maxSize === Infinity) return 0;
  const size = wholeNumber(maxSize, `${call}: maxSize`, 0);
  return Math.min(size, MOST_SIZE);
}
