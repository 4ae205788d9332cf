/**
 * Mutual exclusion that survives its owner: the raw lock under every structure of ours and under `Lock` of @manycore/sync.
 *
 * Layout: word 0 = OWNER (0 when free, else the owner word of the holding thread), then a wait queue.
 *
 * Lock: compareExchange(OWNER, 0 -> me); else wait at the queue. Unlock: OWNER = 0; wake one. After a sleep a waiter asks the kernel whether the owner lives; if not,
 * compareExchange(OWNER, as seen -> me) takes the lock over, and tells its caller from whom: what the lock guards may be half changed.
 * The word carries a generation, so a slot that was reused does not make a dead owner look alive (trap T13).
 *
 * | killed after                     | what is left                                                                             |
 * | -------------------------------- | ---------------------------------------------------------------------------------------- |
 * | OWNER = me (locked or taken over)| the next waiter's slice finds it dead and takes over; the guarded state is repaired then |
 * | OWNER = 0, before the wake-up    | the lock is free; a waiter's slice takes it                                              |
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

/** 0: the lock was free. Else the owner word of the dead holder it was taken over from. */
export type LockResult = number;

/** Takes the lock if it is free, and, when told to look, if its owner is dead. Never waits. */
export function tryLock(words: Words, lock: number, kernel: Kernel, lookForDead: boolean): LockResult | undefined {
  const owner = words.compareExchange(lock + OWNER, 0, kernel.self);
  if (owner === 0) return 0;
  if (!lookForDead || kernel.isAlive(owner)) return undefined;
  return words.compareExchange(lock + OWNER, owner, kernel.self) === owner ? owner : undefined;
}

/** Blocks until the lock is ours; undefined when the deadline passed first. */
export function lockBlocked(words: Words, lock: number, kernel: Kernel, deadline: Deadline): LockResult | undefined {
  if (words.compareExchange(lock + OWNER, 0, kernel.self) === 0) return 0;
  if (spinWhileNot(words, lock + OWNER, 0, kernel) && words.compareExchange(lock + OWNER, 0, kernel.self) === 0) return 0;
  return waitBlocked(words, lock + LOCK_QUEUE, kernel, (slept) => tryLock(words, lock, kernel, slept || deadline === -Infinity), deadline);
}

/** Gives the lock up, whoever holds it; returns the owner word that was there, 0 when nobody held it. */
export function unlock(words: Words, lock: number, kernel: Kernel): number {
  const owner = words.exchange(lock + OWNER, 0);
  if (owner !== 0) wakeOne(words, lock + LOCK_QUEUE, kernel);
  return owner;
}

/** The owner word of the holder, 0 when there is none. A snapshot. */
export function lockOwner(words: Words, lock: number): number {
  return words.load(lock + OWNER);
}
