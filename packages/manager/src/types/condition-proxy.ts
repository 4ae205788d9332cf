import type { WaitOptions } from '@manycore/core';
import { deadlineOf, remaining } from '@manycore/core/internal';
import { registerProxyClass } from '../client/proxy-classes.js';
import { mustBeFunction } from './arguments.js';
import { inContext, TreeLockableProxy } from './tree-lockable.js';
import type { ConditionReferent } from './condition.js';

/**
 * A place to wait, with a lock, in the server of a manager, until another client has changed what the lock guards: `wait` gives the lock up while it waits, and has it again when it returns.
 *
 * `notify(n)` releases exactly n of those who wait at that moment, first come, first served, fewer when there are fewer. A client that dies while it waits is forgotten; if it was notified already, another one is in its place.
 * Of an `RLock`, the default, the owner is the thread or the async task; of a `Lock` the thread.
 *
 * @see Python `SyncManager.Condition`. Differs: promises; milliseconds; robust against the death of clients.
 */
export class ConditionProxy extends TreeLockableProxy<ConditionReferent> {
  protected override readonly name = 'Condition';

  /**
   * Gives the lock up, however often it was acquired, waits to be notified, and takes the lock again, as often. The lock is held whenever this resolves or rejects, but for bad options, a missing lock and a server that is
   * gone; taking it again has no time limit and heeds no signal.
   *
   * @returns true when notified, false when the timeout passed first.
   * @throws LockError when the caller does not hold the lock; the signal's reason when aborted; ManagerError when the server is gone; TypeError for bad options.
   */
  async wait(options?: WaitOptions): Promise<boolean> {
    deadlineOf(options, 'Condition.wait');
    return this.call('wait', [inContext(options)]);
  }

  /**
   * Calls `predicate`, here, with the lock held, until what it returns, or resolves with, is true in the sense of `if`; waits to be notified in between.
   * @returns what `predicate` gave last; when the timeout passed that is something false.
   * @throws as `wait`, and what `predicate` throws.
   */
  async waitFor<T>(predicate: () => T | Promise<T>, options?: WaitOptions): Promise<T> {
    mustBeFunction(predicate, 'Condition.waitFor');
    const deadline = deadlineOf(options, 'Condition.waitFor');
    for (;;) {
      options?.signal?.throwIfAborted();
      const value = await predicate();
      const timeout = remaining(deadline);
      if (value || timeout <= 0) return value;
      await this.wait({ ...options, timeout });
    }
  }

  /**
   * Releases up to `n` of those who wait. They go on when the lock is released.
   * @param n - a whole number from 0 on; default 1.
   * @throws LockError when the caller does not hold the lock; TypeError, RangeError for what is no such number.
   */
  notify(n = 1): Promise<void> {
    return this.call('notify', [n, inContext()]);
  }

  /** Releases all who wait. @throws LockError when the caller does not hold the lock. */
  notifyAll(): Promise<void> {
    return this.call('notifyAll', [inContext()]);
  }
}

registerProxyClass(ConditionProxy, 'manycore.ConditionProxy', import.meta.url);
