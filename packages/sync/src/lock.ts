/**
 * `Lock`: mutual exclusion between processes and threads, over the robust lock of @manycore/core.
 *
 * Block (64 words): 0.. = robust lock; NOTE.. = the note about an owner that died (abandonment.ts); MODE = the options, as bits.
 * What a kill leaves is in robust-lock.ts and abandonment.ts.
 */
import type { SyncWaitOptions, WaitOptions } from '@manycore/core';
import {
  deadlineOf, describe, HAND_OVER_LOOP_MS, HAND_OVER_MS, LOCK_QUEUE, lockAsleep, lockAwake, lockHolder, lockOwner, LockWaiter, registerLockType, ROBUST_LOCK_WORDS, tryLock,
  tryLockQueued, unlock, withdraw, type Deadline, type LockResult,
} from '@manycore/core/internal';
import { erase, holderName, isNoted, note, NOTE_WORDS, read, type Abandoned } from './abandonment.js';
import { DeadlockWatch } from './deadlock-watch.js';
import { AbandonedLockError, LockError } from './errors.js';
import { Lockable } from './shared/lockable.js';
import { Arrived, registerPrimitive } from './shared/primitive.js';

const TYPE = 'manycore.Lock';
const LOCK = 0;
const NOTE = ROBUST_LOCK_WORDS;
const MODE = NOTE + NOTE_WORDS;
const BYTES = (MODE + 1) * 4;
const FAILS_WHEN_ABANDONED = 1;
const DETECTS_DEADLOCK = 2;

export interface LockOptions {
  /**
   * What `acquire` does with a lock whose owner died holding it. `'pass'` (default): it succeeds and `abandoned` says who died, until `recover()`. `'error'`: it throws
   * `AbandonedLockError`, as does every further `acquire`, until `recover()`.
   */
  onAbandoned?: 'pass' | 'error';
  /**
   * Whether `acquireSync` without a timeout throws `DeadlockError` instead of waiting for ever in a cycle: the holder blocks on a lock whose holder blocks on ... a lock that this thread
   * holds. Costs nothing before the call sleeps, and is found some tenths of a second later. Default: false.
   *
   * It sees threads that block without a timeout, at locks of any options; one of the locks of a cycle that has the option is enough, and one of the threads that wait for such a lock gives up.
   * Promises are not judged, as a waiter or as a holder: their event loop goes on, and can still release. Nor can it know that somebody outside of the cycle means to release a lock for one of its
   * members, as any process or thread may, for example a lock that its own thread acquires a second time in order to be woken by another: do not set it for a lock that is used so.
   */
  detectDeadlock?: boolean;
}

registerPrimitive(TYPE, import.meta.url, (arrived) => new Lock(arrived));
registerLockType(TYPE, {
  holders: (words) => [lockHolder(words, LOCK)].filter((owner) => owner !== 0),
  queues: [LOCK + LOCK_QUEUE],
  isExclusive: () => true,
});

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
export class Lock extends Lockable {
  readonly #failsWhenAbandoned: boolean;
  readonly #detectsDeadlock: boolean;

  /** @throws TypeError for an option that is none; OutOfMemoryError when the session's budget is used up. */
  constructor(options?: LockOptions);
  /** @internal */
  constructor(arrived: Arrived);
  constructor(options: LockOptions | Arrived = {}) {
    const isNew = !(options instanceof Arrived);
    const mode = isNew ? modeOf(options) : 0;
    super(TYPE, isNew ? BYTES : options.block);
    if (isNew) this.words.store(MODE, mode);
    const modeInForce = this.words.load(MODE);
    this.#failsWhenAbandoned = (modeInForce & FAILS_WHEN_ABANDONED) !== 0;
    this.#detectsDeadlock = (modeInForce & DETECTS_DEADLOCK) !== 0;
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
    const signal = options?.signal;
    signal?.throwIfAborted();
    const { waits, kernel } = this.session;
    // Behind those of this thread that wait already: a task that takes the lock again and again would starve them.
    if (waits.pending === 0 && this.words.compareExchange(LOCK, 0, kernel.self) === 0) return this.#got(0);
    const waiter = new LockWaiter(HAND_OVER_LOOP_MS, kernel.now());
    const attempt = (lookForDead: boolean): LockResult | undefined => tryLockQueued(this.words, LOCK, kernel, lookForDead, waiter);
    let result: LockResult | undefined;
    try {
      result = await waits.wait(this.words, LOCK + LOCK_QUEUE, attempt, deadline, signal);
    } catch (error) {
      if (withdraw(this.words, LOCK, kernel, waiter) !== undefined) unlock(this.words, LOCK, kernel);
      throw error;
    }
    return this.#got(result ?? withdraw(this.words, LOCK, kernel, waiter));
  }

  /**
   * Takes the lock, blocking the thread while somebody has it: with it its event loop, its timers and its signal handlers.
   * @returns true when the lock is ours, false when the timeout passed first.
   * @throws AbandonedLockError with `onAbandoned: 'error'`; DeadlockError with `detectDeadlock`, without a timeout; TypeError for bad options.
   */
  acquireSync(options?: SyncWaitOptions): boolean {
    const kernel = this.kernel;
    if (options === undefined && !this.#failsWhenAbandoned && this.words.compareExchange(LOCK, 0, kernel.self) === 0) return true;
    const deadline = deadlineOf(options, 'Lock.acquireSync');
    return this.#got(lockAwake(this.words, LOCK, kernel) ? 0 : this.#acquireAsleep(deadline));
  }

  #acquireAsleep(deadline: Deadline): LockResult | undefined {
    const { words, kernel, session } = this;
    const watch = this.#detectsDeadlock && deadline === Infinity ? new DeadlockWatch(session, 'Lock.acquireSync') : undefined;
    const facts = { looksForDeadlock: watch !== undefined, waitsForItself: lockHolder(words, LOCK) === kernel.self };
    const sleep = (): LockResult | undefined => lockAsleep(words, LOCK, kernel, deadline, HAND_OVER_MS, watch && (() => watch.look()));
    return session.blockedOn(this.block, deadline, sleep, facts);
  }

  /** Takes the lock if it is free, or held by somebody dead. Never waits. @throws AbandonedLockError with `onAbandoned: 'error'`. */
  tryAcquire(): boolean {
    return this.#got(tryLock(this.words, LOCK, this.kernel, true));
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

  /** Whether somebody holds the lock at this moment. Python: `Lock.locked`. */
  locked(): boolean {
    return lockOwner(this.words, LOCK) !== 0;
  }

  /** Who died holding the lock, while nobody has called `recover()` since; null when all is well. What the lock guards may be half changed. */
  get abandoned(): Abandoned | null {
    return read(this.words, NOTE);
  }

  /** Says that what the lock guards was checked or repaired: `abandoned` is null again, and a lock with `onAbandoned: 'error'` can be acquired again. */
  recover(): void {
    erase(this.words, NOTE);
  }

  #got(result: LockResult | undefined): boolean {
    if (result === undefined) return false;
    if (result !== 0) note(this.words, NOTE, result, this.session);
    if (this.#failsWhenAbandoned && isNoted(this.words, NOTE)) {
      unlock(this.words, LOCK, this.kernel);
      const { pid, name } = this.abandoned ?? { pid: null, name: null };
      const who = pid === null ? 'A process that is gone' : `${name} (pid ${pid})`;
      throw new AbandonedLockError(`Lock.acquire: ${who} died holding this lock; what it guards may be half changed. Check it, then call lock.recover().`, pid, name);
    }
    return true;
  }

  protected override get holder(): string {
    return holderName(lockOwner(this.words, LOCK), this.session, this.kernel) ?? 'nobody now';
  }

  protected override describe(): string {
    const holder = holderName(lockOwner(this.words, LOCK), this.session, this.kernel);
    return `${holder === null ? 'free' : `held by ${holder}`}${isNoted(this.words, NOTE) ? ', abandoned' : ''}`;
  }
}

function modeOf(options: LockOptions): number {
  if (typeof options !== 'object' || options === null) throw new TypeError(`Lock: expected an options object, got ${describe(options)}.`);
  const { onAbandoned, detectDeadlock } = options;
  if (onAbandoned !== undefined && onAbandoned !== 'pass' && onAbandoned !== 'error') {
    throw new TypeError(`Lock: onAbandoned must be 'pass' or 'error', got ${describe(onAbandoned)}.`);
  }
  if (detectDeadlock !== undefined && typeof detectDeadlock !== 'boolean') throw new TypeError(`Lock: detectDeadlock must be true or false, got ${describe(detectDeadlock)}.`);
  return (onAbandoned === 'error' ? FAILS_WHEN_ABANDONED : 0) | (detectDeadlock === true ? DETECTS_DEADLOCK : 0);
}
