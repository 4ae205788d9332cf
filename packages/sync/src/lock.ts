/** `Lock`: mutual exclusion between processes and threads. Its block is the one of robust-lockable.ts, with no words of its own. */
import type { SyncWaitOptions, WaitOptions } from '@manycore/core';
import { deadlineOf, tryLock, unlock } from '@manycore/core/internal';
import { LockError } from './errors.js';
import { registerPrimitive, type Arrived } from './shared/primitive.js';
import { LOCK, OWN, registerRobustLock, RobustLockable, type Claim, type LockOptions } from './shared/robust-lockable.js';

export type { LockOptions } from './shared/robust-lockable.js';

const TYPE = 'manycore.Lock';
const BYTES = OWN * 4;
/** Owning a lock leaves nothing to remember. */
const PLAIN_CLAIM: Claim = { given: () => {} };

registerPrimitive(TYPE, import.meta.url, (arrived) => new Lock(arrived));
registerRobustLock(TYPE);

/**
 * A lock between any processes and threads of one tree; hand it to them like any value.
 *
 * Not reentrant: a second `acquire` by the holder waits for the first to be released. Any process or thread may release, not only the one that acquired. A holder that dies, or ends
 * without releasing, loses the lock to the next waiter (see `abandoned`).
 *
 * Fairness: within one event loop first come, first served. Between threads whoever comes may be faster than one that was woken, but not for long: a thread that has waited for a
 * millisecond, or an event loop for ten, is handed the lock at the next release.
 *
 * Memory: what was written before `release()` is visible after the `acquire()` that follows it.
 *
 * @example
 * const lock = new Lock();
 * await lock.withLock(async () => { … });
 *
 * @see Python `multiprocessing.Lock`. Differs: milliseconds; robust against the death of its holder; can be sent at any time.
 */
export class Lock extends RobustLockable {
  /** @throws TypeError for an option that is none; OutOfMemoryError when the session's budget is used up. */
  constructor(options?: LockOptions);
  /** @internal */
  constructor(arrived: Arrived);
  constructor(options?: LockOptions | Arrived) {
    super(TYPE, BYTES, options);
  }

  /**
   * Takes the lock, waiting while somebody has it. Does not block the event loop.
   *
   * @returns true when the lock is ours, false when the timeout passed first.
   * @throws the signal's reason when aborted; AbandonedLockError with `onAbandoned: 'error'`; TypeError for bad options.
   * @see Python `Lock.acquire`. Differs: options in milliseconds.
   */
  async acquire(options?: WaitOptions): Promise<boolean> {
    const deadline = deadlineOf(options, 'Lock.acquire');
    options?.signal?.throwIfAborted();
    return this.got(this.takeFree() ? 0 : await this.waitForLock(deadline, options?.signal));
  }

  /**
   * Takes the lock, blocking the thread while somebody has it: with it its event loop, its timers and its signal handlers.
   * @returns true when the lock is ours, false when the timeout passed first.
   * @throws AbandonedLockError with `onAbandoned: 'error'`; DeadlockError with `detectDeadlock`, without a timeout; TypeError for bad options.
   */
  acquireSync(options?: SyncWaitOptions): boolean {
    const kernel = this.kernel;
    if (options === undefined && !this.failsWhenAbandoned && this.words.compareExchange(LOCK, 0, kernel.self) === 0) return true;
    return this.got(this.takeBlocked(deadlineOf(options, 'Lock.acquireSync'), 'Lock.acquireSync'));
  }

  /** Takes the lock if it is free, or held by somebody dead. Never waits. @throws AbandonedLockError with `onAbandoned: 'error'`. */
  tryAcquire(): boolean {
    return this.got(tryLock(this.words, LOCK, this.kernel, true));
  }

  /**
   * Gives the lock up and lets a waiter have it. Does not block. Any process or thread may do it, not only the one that acquired.
   * @throws LockError when nobody holds the lock.
   * @see Python `Lock.release`.
   */
  release(): void {
    if (!unlock(this.words, LOCK, this.kernel)) {
      throw new LockError('Lock.release: the lock is not held. It was released more often than acquired, or its holder died and it was released by another.');
    }
  }

  /** @internal Of a lock that any task of the thread may release, the thread is the owner. */
  override isOwned(): boolean {
    return this.isHeldByThread;
  }

  /** @internal */
  override suspend(): Claim {
    unlock(this.words, LOCK, this.kernel);
    return PLAIN_CLAIM;
  }
}
