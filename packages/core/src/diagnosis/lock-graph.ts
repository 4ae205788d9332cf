/** Who holds what and who waits for what, in the whole session. */
import { enlisted } from '../parking/wait-queue.js';
import { waitOf, type Wait } from '../session/blocked-on.js';
import { HEADER_NEXT_OBJECT, SLOT_COUNT } from '../session/layout.js';
import { session, type Session } from '../session/session.js';
import { cycleThrough, describeCycle, isSameCycle, type CycleLink, type LockCycleMember, type LockReference } from './cycle.js';
import { observe, type Observed } from './observe.js';

export type { LockCycleMember, LockReference } from './cycle.js';

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

/** A shared object that somebody holds or waits for. */
export interface LockGraphObject extends LockReference {
  /** Empty for a type that nobody holds, an `Event` say. */
  readonly holders: readonly LockGraphThread[];
  readonly waiters: readonly LockGraphWaiter[];
}

export interface LockGraph {
  /** In the order of their numbers. What nobody holds or waits for is left out. */
  readonly objects: readonly LockGraphObject[];
  /** Deadlocks: in each, every member is blocked on what the next one holds, and the last on what the first holds. */
  readonly cycles: readonly (readonly LockCycleMember[])[];
}

/**
 * Tells who holds what and who waits for what, in all processes and threads of the session: locks, events and queues, of those packages that this thread has imported.
 *
 * A snapshot: it takes no lock and keeps nobody waiting, so it can be asked of a program that hangs, and what it tells may have changed since. Participants that died are not in it. The time it
 * takes goes with the number of shared objects that the session ever had at once, some hundred nanoseconds each.
 *
 * Seen from outside, an event loop that was woken just now does not wait until it has looked. One that was killed while a promise of it waited can show as the next thread that joins, until the
 * object is released once more.
 *
 * `cycles` has what cannot go on: threads blocked on one another in a ring, unless one of them has a timeout (`hasTimeout`), or somebody else releases for a member. Promises that wait for one
 * another are not in it: an event loop can still do anything.
 *
 * @example
 * for (const { type, id, holders, waiters } of lockGraph().objects) console.log(type, id, holders, waiters);
 */
export function lockGraph(): LockGraph {
  const here = session();
  // First: whoever is in a ring now still is when the objects are read.
  const cycles = cyclesOf(here, blockedThreads(here));
  const blocked = blockedThreads(here);
  const objects: LockGraphObject[] = [];
  const end = here.heap.windows.load(HEADER_NEXT_OBJECT);
  for (let id = 1; id < end; id++) {
    const object = observe(here, id, (seen) => objectOf(here, seen, blocked.get(id)));
    if (object !== undefined) objects.push(object);
  }
  return { objects, cycles };
}

interface BlockedThread {
  readonly owner: number;
  readonly wait: Wait;
}

/** Living threads that block, by the object. */
function blockedThreads({ slots, kernel }: Session): Map<number, BlockedThread[]> {
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

/** Undefined when nobody has anything to do with it. */
function objectOf(here: Session, { id, generation, type, words }: Observed, blocked: readonly BlockedThread[] = []): LockGraphObject | undefined {
  const { slots } = here;
  const holders = type.holders(words).flatMap((owner) => livingThread(here, owner));
  const waiters: LockGraphWaiter[] = [];
  for (const { owner, wait } of blocked) {
    if (wait.generation === generation) waiters.push(...livingThread(here, owner).map((thread) => ({ ...thread, how: 'blocked' as const })));
  }
  const loops = new Set(type.queues.flatMap((queue) => enlisted(words, queue)));
  for (const slot of loops) waiters.push(...livingThread(here, slots.ownerOf(slot)).map((thread) => ({ ...thread, how: 'promise' as const })));
  return holders.length + waiters.length === 0 ? undefined : { id, type: type.name, holders, waiters };
}

/** None when it died. */
function livingThread({ kernel, slots }: Session, owner: number): LockGraphThread[] {
  if (owner === 0 || !kernel.isAlive(owner)) return [];
  const who = slots.tenant(owner);
  return who === null ? [] : [who];
}

function cyclesOf(here: Session, blocked: ReadonlyMap<number, readonly BlockedThread[]>): LockCycleMember[][] {
  const cycles: LockCycleMember[][] = [];
  const done = new Set<number>();
  for (const { owner } of [...blocked.values()].flat()) {
    if (done.has(owner)) continue;
    const cycle = certainCycle(here, owner);
    for (const link of cycle) done.add(link.owner);
    const members = describeCycle(here, cycle);
    if (members !== undefined && members.length > 0) cycles.push(members);
  }
  return cycles;
}

function certainCycle(here: Session, owner: number): CycleLink[] {
  const first = cycleThrough(here, owner);
  const second = first === undefined ? undefined : cycleThrough(here, owner);
  return second !== undefined && isSameCycle(first!, second) ? second : [];
}
