/** Who holds what and who waits for what, in the whole session. */
import { HEADER_NEXT_OBJECT } from '../session/layout.js';
import { session, type Session } from '../session/session.js';
import { cycleThrough, describeCycle, isSameCycle, type CycleLink, type LockCycleMember, type LockReference } from './cycle.js';
import { observe, type Observed } from './observe.js';
import { blockedThreads, blockedWaiters, livingThread, promiseWaiters, type BlockedThread, type LockGraphThread, type LockGraphWaiter } from './waiters.js';

export type { LockCycleMember, LockReference } from './cycle.js';
export type { LockGraphThread, LockGraphWaiter } from './waiters.js';

/** A shared object that somebody holds or waits for. */
export interface LockGraphObject extends LockReference {
  /** Empty for a type that nobody holds, an `Event` say. */
  readonly holders: readonly LockGraphThread[];
  readonly waiters: readonly LockGraphWaiter[];
}

/** What `lockGraph` found. */
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

/** Undefined when nobody has anything to do with it. */
function objectOf(here: Session, { id, generation, type, words }: Observed, blocked: readonly BlockedThread[] = []): LockGraphObject | undefined {
  const holders = type.holders(words).flatMap((owner) => livingThread(here, owner));
  const waiters = [...blockedWaiters(here, blocked.filter(({ wait }) => wait.generation === generation)), ...promiseWaiters(here, words, type.queues)];
  return holders.length + waiters.length === 0 ? undefined : { id, type: type.name, holders, waiters };
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
