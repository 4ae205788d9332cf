/**
 * The referent of a `Condition`: who waits to be notified, and a lock.
 *
 * A wait is: (1) register; (2) give the lock up; (3) be notified, or time up, or cancelled; (4) take the lock again, however long that takes; (5) reply.
 *
 * | the client dies          | what happens                                                        |
 * | ------------------------ | ------------------------------------------------------------------- |
 * | in 3                     | its waiter leaves; a notification is for those who live               |
 * | notified, in 4           | it leaves the list of the lock; the notification goes to another      |
 * | after 4                  | it has the lock: that goes on as abandoned (exclusion.ts)             |
 *
 * A cancelled wait takes the lock again before it rejects.
 */
import { ClosedError, type WaitOptions } from '@manycore/core';
import { deadlineOf, describe } from '@manycore/core/internal';
import { LockError, type Abandoned } from '@manycore/sync';
import type { RemoteObject } from '../remote-object.js';
import { caller, type Caller } from '../server/caller.js';
import { objectOf } from '../server/referent-of.js';
import { wholeNumber } from './arguments.js';
import { nameOf } from './caller-name.js';
import { claimantOf, type CallContext } from './exclusion.js';
import { LockReferent } from './lock.js';
import { RLockReferent } from './rlock.js';
import { WaitList } from './wait-list.js';

/** A place in the memory of the server where clients wait, with a lock, until another has changed what the lock guards. */
export class ConditionReferent {
  readonly #lock: LockReferent | RLockReferent;
  /** What keeps the lock, when it is an object of the manager: collected together with the condition. */
  protected readonly keeper: RemoteObject | undefined;
  readonly #waiters = new WaitList<undefined, true>();

  /** @param given - a lock, or a proxy of one of this server; default: an `RLock` of its own. */
  constructor(given: LockReferent | RLockReferent | RemoteObject = new RLockReferent()) {
    const lock = objectOf(given) ?? given;
    if (!(lock instanceof LockReferent) && !(lock instanceof RLockReferent)) throw new TypeError(`Condition: expected a Lock or an RLock of this manager, got ${describe(given)}.`);
    this.#lock = lock;
    this.keeper = lock === given ? undefined : (given as RemoteObject);
  }

  acquire(options?: WaitOptions & CallContext): boolean | Promise<boolean> {
    return this.#lock.acquire(options);
  }

  /** As of an `RLock`; of a `Lock` always for the client as a whole. */
  acquireFor(options?: WaitOptions & CallContext): number | null | Promise<number | null> {
    const lock = this.#lock;
    if (lock instanceof RLockReferent) return lock.acquireFor(options);
    const acquired = lock.acquire(options);
    const treeOf = (isAcquired: boolean): number | null => (isAcquired ? 0 : null);
    return acquired instanceof Promise ? acquired.then(treeOf) : treeOf(acquired);
  }

  tryAcquire(context?: CallContext): boolean {
    return this.#lock.tryAcquire(context);
  }

  release(context?: CallContext): boolean {
    return this.#lock.release(context);
  }

  releaseFor(tree: number): boolean {
    const lock = this.#lock;
    if (lock instanceof RLockReferent) return lock.releaseFor(tree);
    return lock.release();
  }

  abandoned(): Abandoned | null {
    return this.#lock.abandoned();
  }

  recover(): void {
    this.#lock.recover();
  }

  locked(): boolean {
    return this.#lock.locked();
  }

  holder(): string {
    return this.#lock.holder();
  }

  /** @returns true when notified, false when the time was up; with the lock in both cases. */
  async wait(options?: WaitOptions & CallContext): Promise<boolean> {
    const deadline = deadlineOf(options, 'Condition.wait');
    this.#mustBeOwned('wait', options);
    const { client, signal } = this.#begin();
    const gone = new AbortController();
    const forget = client.holds(() => gone.abort(new ClosedError(`Condition.wait: ${nameOf(client)} is gone.`)));
    try {
      // Registered before the lock is given up: whoever has it next may notify.
      const notified = this.#waiters.wait(undefined, deadline, signal);
      const suspended = this.#lock.suspend();
      let isNotified: boolean;
      try {
        isNotified = (await notified) === true;
      } catch (error) {
        await this.#lock.resume(suspended, gone.signal);
        throw error;
      }
      try {
        await this.#lock.resume(suspended, gone.signal);
      } finally {
        if (isNotified && gone.signal.aborted) this.#notify(1);
      }
      return isNotified;
    } finally {
      forget();
    }
  }

  notify(n = 1, context?: CallContext): void {
    wholeNumber(n, 'Condition.notify: n', 0);
    this.#mustBeOwned('notify', context);
    this.#notify(n);
  }

  notifyAll(context?: CallContext): void {
    this.#mustBeOwned('notifyAll', context);
    this.#notify(Infinity);
  }

  /** A cancelled wait answers when it has the lock again. */
  #begin(): Caller {
    const call = caller();
    call.answersCancel();
    return call;
  }

  #notify(n: number): void {
    let left = n;
    for (const waiter of this.#waiters) {
      if (left-- <= 0) return;
      waiter.give(true);
    }
  }

  #mustBeOwned(call: string, context: CallContext | undefined): void {
    const claimant = claimantOf(context, `Condition.${call}`);
    if (this.#lock.isOwnedBy(claimant)) return;
    const state = this.#lock.locked() ? `held by ${this.#lock.holder()}` : 'free';
    throw new LockError(`Condition.${call}: the caller does not hold the lock of the condition. It is ${state}.`);
  }
}
