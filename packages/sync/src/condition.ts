/** `Condition`: waiting, with a lock, for what others change under that lock. The block is that of condition-state.ts; the lock has its own, and travels along. */
import { inspect } from 'node:util';
import type { SyncWaitOptions, WaitOptions } from '@manycore/core';
import { deadlineOf, describe, registerLockType, remaining, type Deadline } from '@manycore/core/internal';
import { ConditionState, CONDITION_WORDS, QUEUE } from './condition-state.js';
import { LockError } from './errors.js';
import type { Guard } from './guard.js';
import type { Lock } from './lock.js';
import { RLock } from './rlock.js';
import { Place } from './shared/place.js';
import { Arrived, mustBeFunction, Primitive, registerPrimitive, wholeNumber } from './shared/primitive.js';
import { RobustLockable, type Claim } from './shared/robust-lockable.js';

const TYPE = 'manycore.Condition';
const BYTES = CONDITION_WORDS * 4;

registerPrimitive(TYPE, import.meta.url, (arrived) => new Condition(arrived));
registerLockType(TYPE, { holders: () => [], queues: [QUEUE] });

/**
 * A place to wait, with a lock, until somebody has changed what the lock guards: `wait` gives the lock up while it waits, and has it again when it returns.
 *
 * `notify(n)` releases exactly n of those who wait at that moment, fewer when there are fewer; nobody returns for no reason. Threads are notified in turn, tasks of one event loop first
 * come, first served. They go on once the notifier has released the lock, in no promised order. A waiter that dies is forgotten; if it was notified already, another one is in its place.
 * Several conditions may share one lock. Who holds the lock is as that class says: of an `RLock` the thread or the async task, of a `Lock` the thread.
 *
 * Memory: as of the lock.
 *
 * @example
 * const changed = new Condition();
 * await changed.withLock(async () => { await changed.waitFor(() => view[0] > 0); … });
 * // elsewhere
 * await changed.withLock(() => { view[0] = 1; changed.notify(); });
 *
 * @see Python `multiprocessing.Condition`. Differs: milliseconds; promise forms; robust against the death of waiters; can be sent at any time.
 */
export class Condition extends Primitive {
  readonly #lock: Lock | RLock;
  readonly #state: ConditionState;
  readonly #place: Place;

  /**
   * @param lock - default: a new `RLock`.
   * @throws TypeError for what is no lock of ours; OutOfMemoryError when the session's budget is used up.
   */
  constructor(lock?: Lock | RLock);
  /** @internal */
  constructor(arrived: Arrived);
  constructor(lock: Lock | RLock | Arrived = new RLock()) {
    const inner = lock instanceof Arrived ? lock.state : lock;
    if (!(inner instanceof RobustLockable)) throw new TypeError(`Condition: expected a Lock or an RLock, got ${describe(inner)}.`);
    super(TYPE, lock instanceof Arrived ? lock.block : BYTES);
    this.#lock = inner;
    const state = new ConditionState(this.words, this.kernel);
    this.#state = state;
    this.#place = new Place(this.session, this.words, QUEUE, () => state.isWorthATry());
  }

  /** As `acquire` of the lock. */
  acquire(options?: WaitOptions): Promise<boolean> {
    return this.#lock.acquire(options);
  }

  /** As `acquireSync` of the lock. */
  acquireSync(options?: SyncWaitOptions): boolean {
    return this.#lock.acquireSync(options);
  }

  /** As `tryAcquire` of the lock. */
  tryAcquire(): boolean {
    return this.#lock.tryAcquire();
  }

  /** As `release` of the lock. */
  release(): void {
    this.#lock.release();
  }

  /** As `locked` of the lock. */
  locked(): boolean {
    return this.#lock.locked();
  }

  /** As `hold` of the lock. */
  hold(options?: WaitOptions): Promise<Guard> {
    return this.#lock.hold(options);
  }

  /** As `holdSync` of the lock. */
  holdSync(options?: SyncWaitOptions): Guard {
    return this.#lock.holdSync(options);
  }

  /** As `tryHold` of the lock. */
  tryHold(): Guard | undefined {
    return this.#lock.tryHold();
  }

  /** As `withLock` of the lock. */
  withLock<R>(fn: () => R | Promise<R>, options?: WaitOptions): Promise<R> {
    return this.#lock.withLock(fn, options);
  }

  /** As `withLockSync` of the lock. */
  withLockSync<R>(fn: () => R, options?: SyncWaitOptions): R {
    return this.#lock.withLockSync(fn, options);
  }

  /** As `tryWithLock` of the lock. */
  tryWithLock<R>(fn: () => R): R | undefined {
    return this.#lock.tryWithLock(fn);
  }

  /**
   * Gives the lock up, however often it was acquired, waits to be notified, and takes the lock again, as often. Does not block the event loop.
   *
   * The lock is held whenever this returns or throws (but for bad options and a missing lock, which change nothing). Taking it again has no time limit and heeds no signal.
   *
   * @returns true when notified, false when the timeout passed first.
   * @throws LockError when the caller does not hold the lock; the signal's reason when aborted, and the notification that had come goes to another; TypeError for bad options;
   * AbandonedLockError when a holder died meanwhile and the lock was made with `onAbandoned: 'error'`.
   * @see Python `Condition.wait`. Differs: options in milliseconds.
   */
  async wait(options?: WaitOptions): Promise<boolean> {
    const deadline = deadlineOf(options, 'Condition.wait');
    options?.signal?.throwIfAborted();
    this.#mustBeOwned('wait');
    return this.#wait(deadline, options?.signal);
  }

  /** As `wait`, blocking the thread. */
  waitSync(options?: SyncWaitOptions): boolean {
    const deadline = deadlineOf(options, 'Condition.waitSync');
    this.#mustBeOwned('waitSync');
    return this.#waitSync(deadline);
  }

  /**
   * Calls `predicate`, with the lock held, until what it returns, or resolves with, is true in the sense of `if`; waits to be notified in between.
   * @returns what `predicate` gave last; when the timeout passed that is something false.
   * @throws as `wait`, and what `predicate` throws.
   * @see Python `Condition.wait_for`.
   */
  async waitFor<T>(predicate: () => T | Promise<T>, options?: WaitOptions): Promise<T> {
    mustBeFunction(predicate, 'Condition.waitFor');
    const deadline = deadlineOf(options, 'Condition.waitFor');
    options?.signal?.throwIfAborted();
    this.#mustBeOwned('waitFor');
    for (;;) {
      const value = await predicate();
      if (value || remaining(deadline) <= 0) return value;
      // The predicate may have given it up.
      this.#mustBeOwned('waitFor');
      await this.#wait(deadline, options?.signal);
    }
  }

  /** As `waitFor`, blocking the thread. `predicate` must not be async. */
  waitForSync<T>(predicate: () => T, options?: SyncWaitOptions): T {
    mustBeFunction(predicate, 'Condition.waitForSync');
    const deadline = deadlineOf(options, 'Condition.waitForSync');
    this.#mustBeOwned('waitForSync');
    for (;;) {
      const value = predicate();
      if (value instanceof Promise) throw new TypeError('Condition.waitForSync: the predicate returned a promise. Use waitFor.');
      if (value || remaining(deadline) <= 0) return value;
      this.#mustBeOwned('waitForSync');
      this.#waitSync(deadline);
    }
  }

  /**
   * Releases up to `n` of those who wait. They go on when the lock is released. Does not block.
   * @param n - a whole number from 0 on; default 1.
   * @throws LockError when the caller does not hold the lock; TypeError, RangeError for what is no such number.
   * @see Python `Condition.notify`.
   */
  notify(n = 1): void {
    wholeNumber(n, 'Condition.notify: n', 0);
    this.#mustBeOwned('notify');
    this.#state.notify(n);
  }

  /** Releases all who wait. @throws LockError when the caller does not hold the lock. @see Python `Condition.notify_all`. */
  notifyAll(): void {
    this.#mustBeOwned('notifyAll');
    this.#state.notify(Infinity);
  }

  async #wait(deadline: Deadline, signal: AbortSignal | undefined): Promise<boolean> {
    const claim = this.#begin();
    let isNotified: boolean;
    try {
      isNotified = (await this.#place.wait((lookForDead) => this.#state.take(lookForDead), deadline, signal)) ?? this.#state.leave();
    } catch (error) {
      this.#state.withdraw();
      await this.#lock.resume(claim);
      throw error;
    }
    try {
      await this.#lock.resume(claim);
    } finally {
      if (isNotified) this.#state.returned();
    }
    return isNotified;
  }

  #waitSync(deadline: Deadline): boolean {
    const claim = this.#begin();
    let isNotified: boolean;
    try {
      isNotified = this.#place.waitBlocked((lookForDead) => this.#state.take(lookForDead), deadline, (ms) => this.#state.sleep(ms)) ?? this.#state.leave();
    } catch (error) {
      this.#state.withdraw();
      this.#lock.resumeSync(claim);
      throw error;
    }
    try {
      this.#lock.resumeSync(claim);
    } finally {
      if (isNotified) this.#state.returned();
    }
    return isNotified;
  }

  /** Registered before the lock is given up: whoever has it next may notify. */
  #begin(): Claim {
    this.#state.join();
    return this.#lock.suspend();
  }

  #mustBeOwned(call: string): void {
    if (!this.#lock.isOwned()) throw new LockError(`Condition.${call}: the caller does not hold the lock of the condition. It is ${inspect(this.#lock)}.`);
  }

  protected override get sentAlong(): unknown {
    return this.#lock;
  }

  protected override describe(): string {
    return `${inspect(this.#lock)}, ${this.#state.waiting} waiting`;
  }
}
