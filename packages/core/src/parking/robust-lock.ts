/**
 * Mutual exclusion that survives its owner: the raw lock under every structure of ours and under `Lock` of @manycore/sync.
 *
 * | word     | meaning                                                                                                                         |
 * | -------- | ------------------------------------------------------------------------------------------------------------------------------- |
 * | OWNER    | 0: free. Else the owner word of the holder, with the bit CONTENDED when somebody may wait, and GRANTED when it was handed over and the new owner has not noticed yet |
 * | 1..34    | a wait queue (wait-queue.ts)                                                                                                    |
 * | HEIR     | 0, or the owner word of a waiter that waited long: the next unlock hands the lock to it                                         |
 * | HANDED   | when the lock was handed over last (milliseconds)                                                                               |
 *
 * (The contended bit as in U. Drepper, "Futexes Are Tricky", 2011; the owner as in robust futexes; barging with a bound as in Go's sync.Mutex.)
 *
 * Lock: compareExchange(OWNER, 0 -> me). A waiter, after it has entered the queue: (1) takes a free lock as me|CONTENDED, because others may wait behind it, or one that was granted to
 * it, or (2) sets CONTENDED in the holder's word, and sleeps only once it is set. Unlock: compareExchange(OWNER, me -> 0); where CONTENDED is set, the long way (`unlockContended`). So
 * nobody pays for waiters who has none: two atomic operations.
 *
 * After a sleep a waiter asks the kernel whether the holder lives; if not, compareExchange(OWNER, as seen -> me|CONTENDED) takes the lock over, and tells its caller from whom: what the
 * lock guards may be half changed. The word carries a generation, so a slot that was reused does not make a dead holder look alive (trap T13).
 *
 * **Fairness.** Whoever comes may get the lock before one that was woken: handing it over each time would cost a wake-up for each acquisition (20 times slower where it was measured). But
 * a waiter that has waited for HAND_OVER_MS names itself HEIR, and the next unlock hands the lock to it: OWNER = heir|GRANTED|CONTENDED. So a lock that is released at all is kept from a
 * waiter for about that long times the number of waiters, blocked threads and event loops alike. It is handed to sleepers at most once in HAND_OVER_MS, so the wake-ups cost little.
 * A thread that still looks, on a CPU of its own, costs no wake-up: it asks as soon as it has looked for POLITE_LOADS, and withdraws before it sleeps. Without that, the holder, in whose
 * cache the word is, would win nearly always.
 * A grant is a reservation, not an order: others that find the same grant in two looks with a sleep between take it back. An event loop that is busy for longer misses its turn.
 *
 * A blocked heir sleeps on HEIR and not on the queue's FLAG: it is woken itself, without waking all that sleep there. An unlocker that found no heir looks again once the lock is free: whoever named itself since may sleep there already.
 *
 * An heir that leaves (timeout, abort) takes HEIR back and then looks whether it was granted meanwhile. An unlocker clears HEIR after it has granted; if somebody else cleared it, the heir
 * has left, perhaps without seeing the grant, and the unlocker takes it back: one of the two notices.
 *
 * | killed after                      | what is left                                                                             |
 * | --------------------------------- | ---------------------------------------------------------------------------------------- |
 * | OWNER = me (locked or taken over) | the next waiter's slice finds it dead and takes over; the guarded state is repaired then |
 * | setting CONTENDED                 | one needless look at the queue at the next unlock                                        |
 * | OWNER = 0, before the wake-up     | the lock is free; a waiter's slice takes it                                              |
 * | HEIR = me                         | the unlocker finds it dead, and clears it                                                |
 * | OWNER = heir, before the wake-up  | the heir's slice finds the grant                                                         |
 * | the heir, before it took          | OWNER is granted to the dead: taken over, with nothing to repair                         |
 */
import type { Words } from '../memory/words.js';
import type { Deadline } from './deadline.js';
import { slotOf, type Kernel } from './kernel.js';
import { spinUntil } from './spin.js';
import { delist, EVERYBODY, FLAG, waitBlocked, wakeOne, WAIT_QUEUE_WORDS } from './wait-queue.js';

const OWNER = 0;
/** Index of the lock's wait queue, relative to the lock. */
export const LOCK_QUEUE = 1;
const HEIR = LOCK_QUEUE + WAIT_QUEUE_WORDS;
const HANDED = HEIR + 1;
export const ROBUST_LOCK_WORDS = HANDED + 1;

/** Above the 29 bits of an owner word. */
const GRANTED = 1 << 29;
const CONTENDED = 1 << 30;

/** How long the lock may be kept from a waiter, and how often it is handed over at most. */
export const HAND_OVER_MS = 1;
/** For an event loop, which is slower to take what it is granted when it has something else to do. */
export const HAND_OVER_LOOP_MS = 10;

/** Some ten microseconds: how long a thread that looks leaves the lock to those who come and go, before it asks to be handed it. */
const POLITE_LOADS = 1024;

/** 0: the lock was free. Else the owner word of the dead holder it was taken over from. */
export type LockResult = number;

/** One wait for one lock: what it has to remember from attempt to attempt. */
export class LockWaiter {
  /** Whether HEIR may be ours. */
  asked = false;
  /** A grant to somebody else, as it was seen after the last sleep. */
  grantSeen = 0;

  constructor(
    readonly patienceMs: number,
    readonly since: number,
  ) {}
}

/** Takes the lock if it is free, and, when told to look, if its holder is dead. Never waits. */
export function tryLock(words: Words, lock: number, kernel: Kernel, lookForDead: boolean): LockResult | undefined {
  const seen = words.compareExchange(lock + OWNER, 0, kernel.self);
  if (seen === 0) return 0;
  return lookForDead ? takeOver(words, lock, kernel, seen) : undefined;
}

/**
 * As `tryLock`, for a thread that has entered the lock's queue; when the lock was not to be had, its holder will wake somebody.
 * @param waiter - of a wait that goes on with further attempts and ends in `withdraw` when it is given up; without one, no hand-over is asked for.
 */
export function tryLockQueued(words: Words, lock: number, kernel: Kernel, lookForDead: boolean, waiter?: LockWaiter): LockResult | undefined {
  // Before the attempt, which sets CONTENDED: an unlocker that sees the bit sees the heir.
  if (waiter !== undefined) ask(words, lock, kernel, waiter);
  const ours = kernel.self | CONTENDED;
  for (;;) {
    const seen = words.compareExchange(lock + OWNER, 0, ours);
    if (seen === 0) return got(words, lock, kernel, waiter, 0);
    if (waiter !== undefined && seen === (ours | GRANTED)) {
      if (words.compareExchange(lock + OWNER, seen, ours) === seen) return got(words, lock, kernel, waiter, 0);
      continue;
    }
    if (lookForDead) {
      const dead = takeOver(words, lock, kernel, seen) ?? takeBack(words, lock, kernel, seen, waiter);
      if (dead !== undefined) return got(words, lock, kernel, waiter, dead);
    }
    if ((seen & CONTENDED) !== 0 || words.compareExchange(lock + OWNER, seen, seen | CONTENDED) === seen) return undefined;
  }
}

function got(words: Words, lock: number, kernel: Kernel, waiter: LockWaiter | undefined, result: LockResult): LockResult {
  if (waiter?.asked === true) words.compareExchange(lock + HEIR, kernel.self, 0);
  return result;
}

/** Names this thread heir, when it has waited long enough and the lock was not handed over just now. */
function ask(words: Words, lock: number, kernel: Kernel, waiter: LockWaiter): void {
  if (waiter.asked && words.load(lock + HEIR) === kernel.self) return;
  waiter.asked = false;
  const now = kernel.now();
  if (isWithin(now - waiter.since, waiter.patienceMs) || isWithin(now - words.load(lock + HANDED), waiter.patienceMs)) return;
  const heir = words.compareExchange(lock + HEIR, 0, kernel.self);
  waiter.asked = heir === 0 || heir === kernel.self;
}

/** The clock wraps; a word that was never written lies anywhere on it. */
const isWithin = (elapsed: number, ms: number): boolean => (elapsed | 0) >= 0 && (elapsed | 0) < ms;

/** From a dead owner; one that was granted the lock and never had it leaves nothing to repair. */
function takeOver(words: Words, lock: number, kernel: Kernel, seen: number): LockResult | undefined {
  const owner = seen & ~(CONTENDED | GRANTED);
  if (kernel.isAlive(owner)) return undefined;
  if (words.compareExchange(lock + OWNER, seen, kernel.self | CONTENDED) !== seen) return undefined;
  return (seen & GRANTED) === 0 ? owner : 0;
}

/** A grant that its heir has not taken since this waiter's last sleep. */
function takeBack(words: Words, lock: number, kernel: Kernel, seen: number, waiter: LockWaiter | undefined): LockResult | undefined {
  if (waiter === undefined || (seen & GRANTED) === 0) return undefined;
  if (waiter.grantSeen === seen && words.compareExchange(lock + OWNER, seen, kernel.self | CONTENDED) === seen) return 0;
  waiter.grantSeen = seen;
  return undefined;
}

/** Ends a wait that was given up: this thread is no longer heir. What it returns was granted to it at the last moment, and is its. */
export function withdraw(words: Words, lock: number, kernel: Kernel, waiter: LockWaiter): LockResult | undefined {
  if (!waiter.asked) return undefined;
  words.compareExchange(lock + HEIR, kernel.self, 0);
  const ours = kernel.self | CONTENDED;
  return words.compareExchange(lock + OWNER, ours | GRANTED, ours) === (ours | GRANTED) ? 0 : undefined;
}

/** Blocks until the lock is ours; undefined when the deadline passed first. */
export function lockBlocked(words: Words, lock: number, kernel: Kernel, deadline: Deadline, patienceMs = HAND_OVER_MS): LockResult | undefined {
  return lockAwake(words, lock, kernel) ? 0 : lockAsleep(words, lock, kernel, deadline, patienceMs);
}

/** The part of `lockBlocked` before it sleeps: takes the lock if it is free now or within the time that a look is worth. */
export function lockAwake(words: Words, lock: number, kernel: Kernel): boolean {
  if (words.compareExchange(lock + OWNER, 0, kernel.self) === 0) return true;
  if (spinUntil(words, lock + OWNER, 0, 0, kernel, POLITE_LOADS) && words.compareExchange(lock + OWNER, 0, kernel.self) === 0) return true;
  return kernel.spin > 0 && lockAsHeir(words, lock, kernel);
}

/**
 * The rest of `lockBlocked`: sleeps until the lock is ours, or the deadline has passed.
 * @param afterSleep - called after each sleep that did not bring the lock; when it throws, the wait is given up, and nothing is held.
 */
export function lockAsleep(words: Words, lock: number, kernel: Kernel, deadline: Deadline, patienceMs = HAND_OVER_MS, afterSleep?: () => void): LockResult | undefined {
  const waiter = new LockWaiter(patienceMs, kernel.now());
  const spinner = { look: () => spinForLock(words, lock, kernel), patience: kernel };
  const attempt = (slept: boolean): LockResult | undefined => {
    const result = tryLockQueued(words, lock, kernel, slept || deadline === -Infinity, waiter);
    if (result === undefined && slept) afterSleep?.();
    return result;
  };
  const sleep = (ms: number, flag: number): void => {
    if (waiter.asked) kernel.wait(words, lock + HEIR, kernel.self, ms);
    else kernel.wait(words, lock + LOCK_QUEUE + FLAG, flag, ms);
  };
  try {
    return waitBlocked(words, lock + LOCK_QUEUE, kernel, attempt, deadline, spinner, sleep) ?? withdraw(words, lock, kernel, waiter);
  } catch (error) {
    if (withdraw(words, lock, kernel, waiter) !== undefined) unlock(words, lock, kernel);
    throw error;
  }
}

const spinForLock = (words: Words, lock: number, kernel: Kernel): boolean => spinUntil(words, lock + OWNER, 0, kernel.self | CONTENDED | GRANTED, kernel);

/** Asks to be handed the lock for as long as this thread looks: that costs no wake-up. */
function lockAsHeir(words: Words, lock: number, kernel: Kernel): boolean {
  if (words.compareExchange(lock + HEIR, 0, kernel.self) !== 0) return false;
  const waiter = new LockWaiter(Infinity, 0);
  waiter.asked = true;
  if (tryLockQueued(words, lock, kernel, false, waiter) !== undefined) return true;
  if (spinForLock(words, lock, kernel) && tryLockQueued(words, lock, kernel, false, waiter) !== undefined) return true;
  return withdraw(words, lock, kernel, waiter) !== undefined;
}

/** Gives the lock up, whoever holds it; false when nobody held it. */
export function unlock(words: Words, lock: number, kernel: Kernel): boolean {
  if (words.compareExchange(lock + OWNER, kernel.self, 0) === kernel.self) return true;
  return unlockContended(words, lock, kernel);
}

/** Somebody may wait, or somebody else holds the lock. */
function unlockContended(words: Words, lock: number, kernel: Kernel): boolean {
  for (;;) {
    const seen = words.load(lock + OWNER);
    // What is granted is not held yet.
    if (seen === 0 || (seen & GRANTED) !== 0) return false;
    const heir = (seen & CONTENDED) === 0 ? 0 : livingHeir(words, lock, kernel);
    if (heir !== 0) {
      if (handOver(words, lock, kernel, seen, heir)) return true;
    } else if (words.compareExchange(lock + OWNER, seen, 0) === seen) {
      if ((seen & CONTENDED) !== 0) wakeWaiter(words, lock, kernel);
      return true;
    }
  }
}

function livingHeir(words: Words, lock: number, kernel: Kernel): number {
  const heir = words.load(lock + HEIR);
  if (heir === 0 || kernel.isAlive(heir)) return heir;
  words.compareExchange(lock + HEIR, heir, 0);
  return 0;
}

function handOver(words: Words, lock: number, kernel: Kernel, seen: number, heir: number): boolean {
  const granted = heir | CONTENDED | GRANTED;
  words.store(lock + HANDED, kernel.now());
  if (words.compareExchange(lock + OWNER, seen, granted) !== seen) return false;
  if (words.compareExchange(lock + HEIR, heir, 0) === heir) {
    // All of them: the next to name itself may sleep there already.
    kernel.wake(words, lock + HEIR, EVERYBODY);
    if (delist(words, lock + LOCK_QUEUE, slotOf(heir))) kernel.ring(slotOf(heir));
  } else if (words.compareExchange(lock + OWNER, granted, 0) === granted) {
    // It left.
    wakeWaiter(words, lock, kernel);
  }
  return true;
}

/** After the lock was set free. A waiter that named itself heir after our look at HEIR may sleep there by now. */
function wakeWaiter(words: Words, lock: number, kernel: Kernel): void {
  wakeOne(words, lock + LOCK_QUEUE, kernel);
  const heir = words.load(lock + HEIR);
  // The word changes, in case it is on its way to sleep; it names itself again.
  if (heir !== 0 && words.compareExchange(lock + HEIR, heir, 0) === heir) kernel.wake(words, lock + HEIR, EVERYBODY);
}

/** The owner word of the holder, or of the waiter it is handed to; 0 when there is none. A snapshot. */
export function lockOwner(words: Words, lock: number): number {
  return words.load(lock + OWNER) & ~(CONTENDED | GRANTED);
}

/** As `lockOwner`, but 0 while the lock is only reserved: who is granted it does not hold it yet. */
export function lockHolder(words: Words, lock: number): number {
  const seen = words.load(lock + OWNER);
  return (seen & GRANTED) === 0 ? seen & ~CONTENDED : 0;
}

/**
 * Whether this thread holds the lock. A plain load will do: nobody but this thread makes it the holder, since what is granted is not held before it was taken. Where others may release it, the answer is of a
 * moment ago, as any would be.
 */
export function holdsLock(words: Words, lock: number, kernel: Kernel): boolean {
  const seen = words.get(lock + OWNER);
  return (seen & GRANTED) === 0 && (seen & ~CONTENDED) === kernel.self;
}
