import type { SyncWaitOptions, WaitOptions } from '@manycore/core';
import { deadlineOf, registerLockType } from '@manycore/core/internal';
import { beginCount, COUNT_QUEUE, COUNT_WORDS, countDown, countOf } from './count-down.js';
import { Place } from './shared/place.js';
import { Arrived, Primitive, registerPrimitive, wholeNumber } from './shared/primitive.js';

const TYPE = 'manycore.CountDownLatch';
const AT = 0;

registerPrimitive(TYPE, import.meta.url, (arrived) => new CountDownLatch(arrived));
registerLockType(TYPE, { holders: () => [], queues: [COUNT_QUEUE] });

/**
 * A gate that opens when it was counted down `n` times, and stays open: for waiting until so many things are done, in whichever processes and threads.
 *
 * Whoever counts down need not wait, and may count more than once. A participant that dies before it counted down is missing: use a timeout, or a `Barrier`, where that can happen. A waiter
 * that dies takes nothing along.
 *
 * Memory: what was written before `countDown()` is visible after the `wait` that the last one ends.
 *
 * @example
 * const ready = new CountDownLatch(3);
 * for (let i = 0; i < 3; i++) new Process({ target: serve, args: [ready] }).start();
 * await ready.wait({ timeout: 5000 });
 *
 * Python has none; the name and the rules are those of Java's.
 */
export class CountDownLatch extends Primitive {
  readonly #place: Place;

  /**
   * @param n - how often it must be counted down: a whole number from 0 to 2147483647; 0 is open at once.
   * @throws TypeError, RangeError for another `n`; OutOfMemoryError when the session's budget is used up.
   */
  constructor(n: number);
  /** @internal */
  constructor(arrived: Arrived);
  constructor(n: number | Arrived) {
    const count = n instanceof Arrived ? undefined : wholeNumber(n, 'CountDownLatch: n', 0);
    super(TYPE, n instanceof Arrived ? n.block : COUNT_WORDS * 4);
    const { words } = this;
    if (count !== undefined) beginCount(words, AT, count);
    this.#place = new Place(this.session, words, COUNT_QUEUE, () => countOf(words, AT) === 0);
  }

  /** How many are missing at this moment. */
  get count(): number {
    return countOf(this.words, AT);
  }

  /**
   * Counts down, and opens the latch at 0; below it does not go. Does not block. Any process or thread may do it.
   * @param k - by how much, from 0 on.
   * @throws TypeError, RangeError for another `k`.
   */
  countDown(k = 1): void {
    countDown(this.words, AT, this.kernel, wholeNumber(k, 'CountDownLatch.countDown: k', 0));
  }

  /**
   * Waits until the count is 0. Does not block the event loop.
   * @returns true when it is, false when the timeout passed first.
   * @throws the signal's reason when aborted; TypeError for bad options.
   */
  async wait(options?: WaitOptions): Promise<boolean> {
    const deadline = deadlineOf(options, 'CountDownLatch.wait');
    options?.signal?.throwIfAborted();
    return this.count === 0 || ((await this.#place.wait(this.#attempt, deadline, options?.signal)) ?? false);
  }

  /** As `wait`, blocking the thread. */
  waitSync(options?: SyncWaitOptions): boolean {
    const deadline = deadlineOf(options, 'CountDownLatch.waitSync');
    return this.count === 0 || (this.#place.waitBlocked(this.#attempt, deadline) ?? false);
  }

  readonly #attempt = (): true | undefined => (this.count === 0 ? true : undefined);

  protected describe(): string {
    return this.count === 0 ? 'open' : `${this.count} missing`;
  }
}
