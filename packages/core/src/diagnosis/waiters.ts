/** Who waits for a shared object, as others can see it without a lock: blocked threads by what they wrote beside their slot, event loops by their bits in the object's wait queues. */
import type { Words } from '../memory/words.js';
import { enlisted } from '../parking/wait-queue.js';
import { waitOf, type Wait } from '../session/blocked-on.js';
import { SLOT_COUNT } from '../session/layout.js';
import type { Session } from '../session/session.js';
import type { BlockRef } from '../transfer/shareable.js';

/** A thread that takes part in the session. */
export interface LockGraphThread {
  readonly pid: number;
  /** Of the process, and of the thread where it is not the main one: `Process-1|Thread-2`. */
  readonly name: string;
}

export interface LockGraphWaiter extends LockGraphThread {
  /** `'blocked'`: the thread sleeps in a `…Sync` call. `'promise'`: its event loop goes on, and one or more promises of it wait. */
  readonly how: 'blocked' | 'promise';
}

export interface BlockedThread {
  readonly owner: number;
  readonly wait: Wait;
}

/** Living threads that block, by the object. */
export function blockedThreads({ slots, kernel }: Session): Map<number, BlockedThread[]> {
  const threads = new Map<number, BlockedThread[]>();
  for (let slot = 0; slot < SLOT_COUNT; slot++) {
    const wait = waitOf(slots, slot);
    if (wait === undefined) continue;
    const owner = slots.ownerOf(slot);
    if (!kernel.isAlive(owner)) continue;
    const others = threads.get(wait.id);
    if (others === undefined) threads.set(wait.id, [{ owner, wait }]);
    else others.push({ owner, wait });
  }
  return threads;
}

/** None when it died. */
export function livingThread({ kernel, slots }: Session, owner: number): LockGraphThread[] {
  if (owner === 0 || !kernel.isAlive(owner)) return [];
  const who = slots.tenant(owner);
  return who === null ? [] : [who];
}

export const blockedWaiters = (here: Session, threads: readonly BlockedThread[]): LockGraphWaiter[] =>
  threads.flatMap(({ owner }) => livingThread(here, owner).map((thread) => ({ ...thread, how: 'blocked' as const })));

/** Event loops that wait at any of the wait queues of an object. */
export function promiseWaiters(here: Session, words: Words, queues: readonly number[]): LockGraphWaiter[] {
  const loops = new Set(queues.flatMap((queue) => enlisted(words, queue)));
  return [...loops].flatMap((slot) => livingThread(here, here.slots.ownerOf(slot)).map((thread) => ({ ...thread, how: 'promise' as const })));
}

/**
 * Who waits at one of the wait queues of an object that this thread holds. A snapshot.
 * @param queues - all wait queues of the object, as in `LockType.queues`. @param at - which of them.
 */
export function waitersAt(here: Session, { id, generation }: BlockRef, words: Words, queues: readonly number[], at: number): LockGraphWaiter[] {
  const blocked = (blockedThreads(here).get(id) ?? []).filter(({ wait }) => wait.generation === generation && wait.at === at);
  return [...blockedWaiters(here, blocked), ...promiseWaiters(here, words, [queues[at]!])];
}
