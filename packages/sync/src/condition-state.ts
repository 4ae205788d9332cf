/**
 * The state of a condition: who waits, and who was notified and has not returned yet.
 *
 * | words      | what                                                                                            |
 * | ---------- | ----------------------------------------------------------------------------------------------- |
 * | ..STATE    | a `SharedState`                                                                                   |
 * | PASSED_ON  | notifications of waiters that died or were aborted, on their way to another                       |
 * | NEXT       | the slot to begin with at the next notification: threads take turns                               |
 * | QUEUE..    | a wait queue, for event loops that wait                                                               |
 * | ROSTER..   | a `Roster`; its columns are counts, as many tasks of one thread may wait                          |
 *
 * Columns: WAITING, who waits; NOTIFIED, how many of these have a notification to take; RETURNING, who took one and does not have the lock back yet.
 *
 * A waiter, with the lock: (1) WAITING + 1; (2) gives the lock up; (3) sleeps until NOTIFIED > 0, then NOTIFIED - 1, WAITING - 1, RETURNING + 1; (4) takes the lock; (5) RETURNING - 1.
 * A notifier, with the lock: (1) NOTIFIED + 1 for up to n of those with WAITING > NOTIFIED; (2) wakes these, and nobody else.
 *
 * So a notification is for whom waits when it is given, there are never more than n, and those behind a waiter that is slow do not get its. A waiter that leaves in one step takes its
 * registration back and finds out whether it was notified.
 *
 * No wake-up is lost: a blocked thread sleeps on its own NOTIFIED while that is 0, which is raised before it is woken. At FLAG of the queue
 * a notifier would have to wake all sleepers in order to reach the one it means. An event loop has a bit of its own at
 * the queue, set before its look; whoever notifies it takes the bit and rings.
 *
 * | killed after                    | what is left                                                                                                       |
 * | ------------------------------- | ------------------------------------------------------------------------------------------------------------------ |
 * | waiter 1 or 2                   | an entry of a dead thread: forgotten by the next look at all entries                                                 |
 * | waiter 3 or 4                   | the same; its NOTIFIED and RETURNING go to PASSED_ON and from there to others that wait, or to nobody when none does |
 * | notifier 1                      | a waiter's slice finds the notification. Of several, some may not have been given: the lock shows as abandoned       |
 * | between the steps of passing on | PASSED_ON is not 0: the next look goes on                                                                            |
 */
import { delist, slotOf, WAIT_QUEUE_WORDS, type Kernel, type Words } from '@manycore/core/internal';
import { Roster } from './shared/roster.js';
import { SharedState, STATE } from './shared/state.js';

const PASSED_ON = STATE;
const NEXT = PASSED_ON + 1;
export const QUEUE = NEXT + 1;
export const ROSTER = QUEUE + WAIT_QUEUE_WORDS;

const WAITING = 0;
const NOTIFIED = 1;
const RETURNING = 2;
export const COLUMNS = 3;
export const CONDITION_WORDS = ROSTER + Roster.words(COLUMNS);

/** Notifications that are given in one step: each is a change, and the log of a step is limited. */
const GIVEN_PER_STEP = 40;

export class ConditionState {
  readonly #state: SharedState;
  readonly #roster: Roster;

  constructor(
    readonly words: Words,
    readonly kernel: Kernel,
  ) {
    this.#state = new SharedState(words, kernel);
    this.#roster = new Roster(this.#state, ROSTER, COLUMNS, (_owner, counts) => {
      const had = counts[NOTIFIED]! + counts[RETURNING]!;
      if (had > 0) this.#state.add(PASSED_ON, had);
    });
  }

  /** Registers one waiter of this thread. */
  join(): void {
    // What the dead leave is for those who waited by then.
    this.#settled(() => this.#roster.add(WAITING, 1));
  }

  /** Takes a notification of this thread: one of its waiters has to return. Undefined when there is none. */
  take(lookForDead: boolean): true | undefined {
    return lookForDead ? this.#settled(() => this.#take()) : this.#state.run(() => this.#take());
  }

  /** A cheap look, which may err, whether `take` may succeed. */
  isWorthATry(): boolean {
    return this.words.load(this.#roster.wordOf(this.kernel.self, NOTIFIED)) > 0;
  }

  /** Blocks the thread until it may have been notified, for at most `ms`. */
  sleep(ms: number): void {
    this.kernel.wait(this.words, this.#roster.wordOf(this.kernel.self, NOTIFIED), 0, ms);
  }

  /** A waiter goes because its time is up. True when there was a notification for it: it counts as notified. */
  leave(): boolean {
    return this.#state.run(() => {
      if (this.#take() === true) return true;
      this.#roster.add(WAITING, -1);
      return false;
    });
  }

  /** A waiter goes without having waited: a notification that was for it, and for no other of this thread, is passed on. */
  withdraw(): void {
    this.#state.run(() => {
      const roster = this.#roster;
      if (roster.add(WAITING, -1) >= roster.mine(NOTIFIED)) return;
      roster.add(NOTIFIED, -1);
      this.#state.add(PASSED_ON, 1);
    });
    this.#settled(() => undefined);
  }

  /** A waiter that took a notification has the lock again. */
  returned(): void {
    this.#state.run(() => this.#roster.add(RETURNING, -1));
  }

  /** Notifies up to `count` waiters. */
  notify(count: number): void {
    for (let left = count; left > 0; ) {
      const most = Math.min(left, GIVEN_PER_STEP);
      const given = this.#settled(() => this.#give(most));
      if (given.length === 0) return;
      this.#wake(given);
      left -= given.length;
    }
  }

  /** How many wait. */
  get waiting(): number {
    return this.#state.run(() => {
      let count = 0;
      for (const owner of this.#roster.having(WAITING)) count += this.#roster.of(owner, WAITING);
      return count;
    });
  }

  #take(): true | undefined {
    const roster = this.#roster;
    if (roster.mine(NOTIFIED) === 0) return undefined;
    roster.add(NOTIFIED, -1);
    roster.add(WAITING, -1);
    roster.add(RETURNING, 1);
    return true;
  }

  /** Runs `change` as a step, once the dead are forgotten and what was theirs is given to others. */
  #settled<T>(change: () => T): T {
    for (;;) {
      let passed: readonly number[] = [];
      let isSettled = false;
      const result = this.#state.run(() => {
        const mayBeMore = this.#roster.sweep();
        passed = this.#passOn();
        // One or the other: a step has to fit the log of the state.
        isSettled = !mayBeMore && passed.length === 0;
        return isSettled ? change() : undefined;
      });
      this.#wake(passed);
      if (isSettled) return result as T;
    }
  }

  #passOn(): number[] {
    const state = this.#state;
    const passed = state.get(PASSED_ON);
    if (passed === 0) return [];
    const given = this.#give(Math.min(passed, GIVEN_PER_STEP));
    // With nobody to have it, a notification ends as it would have had nobody waited.
    state.put(PASSED_ON, given.length === 0 ? 0 : passed - given.length);
    return given;
  }

  /** Gives up to `most` notifications, one to each thread in turn; to whom. */
  #give(most: number): number[] {
    const roster = this.#roster;
    const waiting = this.#inTurn();
    const given: number[] = [];
    for (let before = -1; given.length < most && given.length !== before; ) {
      before = given.length;
      for (const owner of waiting) {
        if (given.length === most) break;
        if (roster.of(owner, WAITING) === roster.of(owner, NOTIFIED)) continue;
        roster.addTo(owner, NOTIFIED, 1);
        given.push(owner);
      }
    }
    if (given.length > 0) this.#state.put(NEXT, slotOf(given.at(-1)!) + 1);
    return given;
  }

  /** Threads that wait, from slot NEXT on and round. */
  #inTurn(): number[] {
    const next = this.#state.get(NEXT);
    const all = [...this.#roster.having(WAITING)];
    const first = all.findIndex((owner) => slotOf(owner) >= next);
    return first <= 0 ? all : [...all.slice(first), ...all.slice(0, first)];
  }

  /** Each thread has one word to sleep on, and one event loop. */
  #wake(owners: readonly number[]): void {
    const { words, kernel } = this;
    for (const owner of new Set(owners)) {
      kernel.wake(words, this.#roster.wordOf(owner, NOTIFIED), 1);
      const slot = slotOf(owner);
      if (delist(words, QUEUE, slot)) kernel.ring(slot);
    }
  }
}
