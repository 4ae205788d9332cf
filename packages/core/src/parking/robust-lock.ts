/**
 * Mutual exclusion that survives its owner: the raw lock under every structure of ours and under `Lock` of @manycore/sync.
 *
 * Layout: word 0 = OWNER, then a wait queue. OWNER is 0 when free, else the owner word of the holder, with the CONTENDED bit when somebody may wait. (The bit as in U. Drepper, "Futexes
 * Are Tricky", 2011; the owner as in robust futexes.)
 *
 * Lock: compareExchange(OWNER, 0 -> me). A waiter, after it has entered the queue: (1) takes a free lock as me|CONTENDED, because others may wait behind it, or (2) sets CONTENDED in the
 * holder's word, and sleeps only once it is set. Unlock: exchange(OWNER, 0); if CONTENDED was set, wake one. So nobody pays for waiters who has none: two atomic operations.
 * After a sleep a waiter asks the kernel whether the holder lives; if not, compareExchange(OWNER, as seen -> me|CONTENDED) takes the lock over, and tells its caller from whom: what the
 * lock guards may be half changed. The word carries a generation, so a slot that was reused does not make a dead holder look alive (trap T13).
 *
 * | killed after                      | what is left                                                                             |
 * | --------------------------------- | ---------------------------------------------------------------------------------------- |
 * | OWNER = me (locked or taken over) | the next waiter's slice finds it dead and takes over; the guarded state is repaired then |
 * | setting CONTENDED                 | one needless look at the queue at the next unlock                                        |
 * | OWNER = 0, before the wake-up     | the lock is free; a waiter's slice takes it                                              |
 *
 * Fairness: none is promised between threads: a thread that comes may get the lock before one that was woken. A waiter spins a little before it sleeps, and within
 * one event loop the order is first come, first served.
 */
import type { Words } from '../memory/words.js';
import type { Deadline } from './deadline.js';
import type { Kernel } from './kernel.js';
import { spinWhileNot } from './spin.js';
import { waitBlocked, wakeOne, WAIT_QUEUE_WORDS } from './wait-queue.js';

export const ROBUST_LOCK_WORDS = 1 + WAIT_QUEUE_WORDS;
const OWNER = 0;
/** Index of the lock's wait queue, relative to the lock. */
export const LOCK_QUEUE = 1;
/** Above the 29 bits of an owner word. */
const CONTENDED = 1 << 30;

/** 0: the lock was free. Else the owner word of the dead holder it was taken over from. */
export type LockResult = number;

/** Takes the lock if it is free, and, when told to look, if its holder is dead. Never waits. */
export function tryLock(words: Words, lock: number, kernel: Kernel, lookForDead: boolean): LockResult | undefined {
  const seen = words.compareExchange(lock + OWNER, 0, kernel.self);
  if (seen === 0) return 0;
  return lookForDead ? takeOver(words, lock, kernel, seen) : undefined;
}

/** As `tryLock`, for a thread that has entered the lock's queue; when the lock was not to be had, its holder will wake somebody. */
export function tryLockQueued(words: Words, lock: number, kernel: Kernel, lookForDead: boolean): LockResult | undefined {
  for (;;) {
    const seen = words.compareExchange(lock + OWNER, 0, kernel.self | CONTENDED);
    if (seen === 0) return 0;
    if (lookForDead) {
      const dead = takeOver(words, lock, kernel, seen);
      if (dead !== undefined) return dead;
    }
    if ((seen & CONTENDED) !== 0 || words.compareExchange(lock + OWNER, seen, seen | CONTENDED) === seen) return undefined;
  }
}

function takeOver(words: Words, lock: number, kernel: Kernel, seen: number): LockResult | undefined {
  const owner = seen & ~CONTENDED;
  if (kernel.isAlive(owner)) return undefined;
  return words.compareExchange(lock + OWNER, seen, kernel.self | CONTENDED) === seen ? owner : undefined;
}

/** Blocks until the lock is ours; undefined when the deadline passed first. */
export function lockBlocked(words: Words, lock: number, kernel: Kernel, deadline: Deadline): LockResult | undefined {
  if (words.compareExchange(lock + OWNER, 0, kernel.self) === 0) return 0;
  const spinner = { look: () => spinWhileNot(words, lock + OWNER, 0, kernel), patience: kernel };
  if (spinner.look() && words.compareExchange(lock + OWNER, 0, kernel.self) === 0) return 0;
  return waitBlocked(words, lock + LOCK_QUEUE, kernel, (slept) => tryLockQueued(words, lock, kernel, slept || deadline === -Infinity), deadline, spinner);
}

/** Gives the lock up, whoever holds it; false when nobody held it. */
export function unlock(words: Words, lock: number, kernel: Kernel): boolean {
  const owner = words.exchange(lock + OWNER, 0);
  if ((owner & CONTENDED) !== 0) wakeOne(words, lock + LOCK_QUEUE, kernel);
  return owner !== 0;
}

/** The owner word of the holder, 0 when there is none. A snapshot. */
export function lockOwner(words: Words, lock: number): number {
  return words.load(lock + OWNER) & ~CONTENDED;
}
