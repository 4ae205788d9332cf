/**
 * A blocked thread's look whether it waits in a cycle, made after each of its sleeps. What a cycle is, and when one that was seen is real, is in cycle.ts of @manycore/core: here it must be seen
 * with the same waits after two sleeps in a row.
 *
 * Of the threads of a cycle that look, all see the same cycle, and the one with the greatest owner word gives up at once. The others would follow only when it does not (it is stopped, or has no CPU):
 * so one gives up and usually not two, and never none.
 */
import type { LockCycleMember } from '@manycore/core';
import { cycleThrough, describeCycle, isSameCycle, type CycleLink, type Session } from '@manycore/core/internal';
import { DeadlockError } from './errors.js';

/** How often a thread sees the same cycle before it gives up: the first of those that look, and the others. About 50 ms lie between two looks. */
const LOOKS = 2;
const LOOKS_OF_OTHERS = 10;

export class DeadlockWatch {
  #seen: readonly CycleLink[] = [];
  #looks = 0;

  constructor(
    readonly session: Session,
    /** For the message: `Lock.acquireSync`. */
    readonly call: string,
  ) {}

  /** @throws DeadlockError when this thread, which blocks, would do so for ever. */
  look(): void {
    const { session, call } = this;
    const { self } = session.kernel;
    const cycle = cycleThrough(session, self);
    // A timeout would end it.
    if (cycle === undefined || cycle.some(({ wait }) => wait.hasTimeout)) {
      this.#looks = 0;
      return;
    }
    this.#looks = this.#looks > 0 && isSameCycle(this.#seen, cycle) ? this.#looks + 1 : 1;
    this.#seen = cycle;
    const isFirst = cycle.every(({ owner, wait }) => !wait.looksForDeadlock || owner <= self);
    if (this.#looks < (isFirst ? LOOKS : LOOKS_OF_OTHERS)) return;
    const members = describeCycle(session, cycle);
    if (members !== undefined) throw new DeadlockError(messageOf(call, members), members);
  }
}

function messageOf(call: string, members: readonly LockCycleMember[]): string {
  const lines = members.map(({ pid, name, holds, waitsFor }) => `${name} (pid ${pid}) holds ${holds.type} ${holds.id} and waits for ${waitsFor.type} ${waitsFor.id}`);
  const advice =
    members.length === 1
      ? 'A Lock is not reentrant: release it first, or use an RLock.'
      : `This call gave up and acquired nothing; the others go on once ${members[0]!.name} releases what it holds. Take the locks in the same order everywhere, or give acquireSync a timeout.`;
  return `${call}: deadlock: ${lines.join('; ')}. ${advice}`;
}
