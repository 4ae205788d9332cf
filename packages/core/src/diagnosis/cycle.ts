/**
 * Deadlocks: threads that block on one another in a ring. Each blocks on one object, so there is one way to follow: the object's holder, what that one blocks on, its holder, ...
 *
 * Only a blocked thread is followed: one whose event loop has a promise pending can still release what it holds. And only an object that has one holder which alone can end the wait
 * (`LockType.isExclusive`); one that is merely granted to a thread is held by nobody.
 *
 * **When a cycle is real.** The words of one look are read one after the other, so a cycle seen once may be made of pieces that were never true together. Seen twice with the same waits
 * (`isSameCycle`), it was true between the two looks: each thread was in the same wait all that time (see `BLOCKED_COUNT`), so it neither released nor took anything; and what it was seen
 * to hold in the second look, when it already blocked on something else, it held before. From then on only a third thread that releases for a member, a timeout, or a death can end it. A cycle of
 * one is different: its thread blocks on what it holds, and may just have got it. So it counts only when the thread held the object when it began to wait.
 */
import { slotOf } from '../parking/kernel.js';
import { waitOf, type Wait } from '../session/blocked-on.js';
import type { Session } from '../session/session.js';
import { observe } from './observe.js';

/** An object as messages and graphs name it. */
export interface LockReference {
  /** Its number in the session; used again once the object is gone. */
  readonly id: number;
  /** `Lock`. */
  readonly type: string;
}

/** One thread of a cycle, and what it waits for: that is held by the thread of the next link, the last one's by the first. */
export interface CycleLink {
  readonly owner: number;
  readonly wait: Wait;
  readonly waitsFor: LockReference;
}

/** A thread of a ring of threads that block one another. */
export interface LockCycleMember {
  readonly pid: number;
  /** Of the process, and of the thread where it is not the main one: `Process-1|Thread-2`. */
  readonly name: string;
  /** What the member before it waits for (the last one's, for the first). */
  readonly holds: LockReference;
  readonly waitsFor: LockReference;
  /** Its wait has a timeout: the cycle ends by itself. */
  readonly hasTimeout: boolean;
}

/** A link, and who holds what it waits for. */
export interface HeldLink extends CycleLink {
  readonly holder: number;
}

/** The cycle of blocked threads that goes through `start`, beginning with it; undefined when there is none. To be believed when it is seen twice. */
export const cycleThrough = (session: Session, start: number): CycleLink[] | undefined => follow(start, (owner) => linkOf(session, owner));

/** The same by the links that `linkOf` finds. */
export function follow(start: number, linkOf: (owner: number) => HeldLink | undefined): HeldLink[] | undefined {
  const links: HeldLink[] = [];
  const passed = new Set<number>();
  for (let owner = start; ; ) {
    const link = linkOf(owner);
    if (link === undefined) return undefined;
    links.push(link);
    passed.add(owner);
    owner = link.holder;
    if (owner === start) return links.length === 1 && !link.wait.waitsForItself ? undefined : links;
    // A cycle that does not go through `start`.
    if (passed.has(owner)) return undefined;
  }
}

function linkOf(session: Session, owner: number): HeldLink | undefined {
  const { kernel, slots } = session;
  if (owner === 0 || !kernel.isAlive(owner)) return undefined;
  const wait = waitOf(slots, slotOf(owner));
  if (wait === undefined) return undefined;
  return observe(session, wait.id, ({ id, generation, type, words }) => {
    if (generation !== wait.generation || type.isExclusive?.(words) !== true) return undefined;
    const holders = type.holders(words);
    return holders.length === 1 ? { owner, wait, waitsFor: { id, type: type.name }, holder: holders[0]! } : undefined;
  });
}

/** Whether two looks saw the same threads in the same waits. Both begin with the same thread. */
export function isSameCycle(one: readonly CycleLink[], other: readonly CycleLink[]): boolean {
  return one.length === other.length && one.every(({ owner, wait }, i) => owner === other[i]!.owner && wait.count === other[i]!.wait.count);
}

/** The cycle for people. Undefined when one of its threads is gone by now: then it is over. */
export function describeCycle({ slots }: Session, links: readonly CycleLink[]): LockCycleMember[] | undefined {
  const members: LockCycleMember[] = [];
  for (const [i, { owner, wait, waitsFor }] of links.entries()) {
    const who = slots.tenant(owner);
    if (who === null) return undefined;
    members.push({ ...who, holds: links.at(i - 1)!.waitsFor, waitsFor, hasTimeout: wait.hasTimeout });
  }
  return members;
}
