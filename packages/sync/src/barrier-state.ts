/**
 * The state of a barrier and the steps on it: who has arrived, who runs the action, and how generations ended. Waiting is in barrier.ts.
 *
 * A generation is one filling of the barrier, from its first arrival until it completes, breaks or is reset. Each waiter remembers its generation, and learns how it ended however late it
 * looks. So there is no phase in which the released leave and newcomers wait (as in CPython): the next generation fills at once.
 *
 * | word        | meaning                                                                                                                     |
 * | ----------- | --------------------------------------------------------------------------------------------------------------------------- |
 * | ENTRY..     | wait queue of those who came while the action ran: they have not arrived                                                      |
 * | EXIT..      | wait queue of those who have arrived                                                                                         |
 * | PARTIES     | how many make a generation complete; never changes                                                                           |
 * | COUNT       | arrivals of the present generation                                                                                           |
 * | GENERATION  | the present one; never 0. It moves on when it ends, whatever the end                                                         |
 * | IS_BROKEN   | 1 from a break until a reset: nobody arrives                                                                                 |
 * | ACTOR       | 0, or the owner word of the party that arrived last and runs the action. COUNT is PARTIES then, and nobody arrives           |
 * | BREAKS      | how many generations ended otherwise than complete                                                                           |
 * | ENDS..      | for the last 16 of them: generation, reason, owner word of the thread that caused it                                         |
 * | ROSTER..    | for each thread the generation it arrived in last                                                                            |
 *
 * A generation that is over and not among ENDS was completed. A waiter that sleeps through 17 ends of that kind cannot know any more, and is told that it broke.
 *
 * Every change is a step of a SharedState: whoever is killed in it leaves the state as it was before. Killed between two steps:
 *
 * | killed                              | what is left                                                                                             |
 * | ----------------------------------- | -------------------------------------------------------------------------------------------------------- |
 * | having arrived                      | an entry in the roster for the present generation: whoever looks breaks it                               |
 * | as the actor                        | the same                                                                                                 |
 * | after the end, before the wake-up   | sleepers find out at the end of their slice                                                              |
 * | having been released, not knowing   | nothing                                                                                                  |
 *
 * The dead are looked for by every waiter after a sleep, and by the last to arrive, so that a generation with a dead party never completes.
 */
import { WAIT_QUEUE_WORDS, wakeAll, type Kernel, type Words } from '@manycore/core/internal';
import { Roster } from './shared/roster.js';
import { SharedState, STATE } from './shared/state.js';

export const ENTRY = STATE;
export const EXIT = ENTRY + WAIT_QUEUE_WORDS;
const PARTIES = EXIT + WAIT_QUEUE_WORDS;
const COUNT = PARTIES + 1;
export const GENERATION = COUNT + 1;
const IS_BROKEN = GENERATION + 1;
const ACTOR = IS_BROKEN + 1;
const BREAKS = ACTOR + 1;
const ENDS = BREAKS + 1;
const END_WORDS = 3;
const ENDS_KEPT = 16;
const ROSTER = ENDS + END_WORDS * ENDS_KEPT;
const ARRIVED = 0;
export const BARRIER_WORDS = ROSTER + Roster.words(1);

/** Why a generation ended otherwise than complete. */
export const Reason = { Timeout: 1, Left: 2, Aborted: 3, Reset: 4, Died: 5, ActionFailed: 6, Forgotten: 7 } as const;
export type Reason = (typeof Reason)[keyof typeof Reason];

export class Break {
  constructor(
    readonly reason: Reason,
    /** Owner word of the thread that caused it. */
    readonly who: number,
  ) {}
}

/** One arrival. */
export class Ticket {
  constructor(
    readonly generation: number,
    readonly index: number,
    /** The generation is full, and this party is to run the action. */
    readonly mustAct: boolean,
  ) {}
}

/** How a generation ended for a waiter: its index, or why it broke. */
export type Outcome = number | Break;

export class BarrierState {
  readonly #state: SharedState;
  readonly #roster: Roster;
  #hasEnded = false;

  constructor(
    readonly words: Words,
    readonly kernel: Kernel,
  ) {
    this.#state = new SharedState(words, kernel);
    // The slot of a thread that had arrived has a new tenant.
    this.#roster = new Roster(this.#state, ROSTER, 1, (owner, [generation]) => {
      if (generation === this.#state.get(GENERATION) && this.#state.get(COUNT) > 0) this.#break(Reason.Died, owner);
    });
  }

  static create(words: Words, parties: number): void {
    words.store(PARTIES, parties);
    words.store(GENERATION, 1);
  }

  get parties(): number {
    return this.words.load(PARTIES);
  }

  /**
   * Arrives. The last one completes the generation, or, with an action, becomes the actor, which must call `finish` or `fail`.
   * @returns undefined when somebody runs the action: wait at ENTRY, and come again. A Break when the barrier is broken.
   */
  arrive(hasAction: boolean, lookForDead: boolean): Ticket | Break | undefined {
    const state = this.#state;
    return this.#run(() => {
      if (lookForDead) this.#breakForDead();
      if (state.get(IS_BROKEN) !== 0) return this.#lastBreak();
      if (state.get(ACTOR) !== 0) return undefined;
      // Clears what a former tenant of our slot left: if it had arrived, that is a break.
      this.#roster.add(ARRIVED, 0);
      const generation = state.get(GENERATION);
      const index = state.get(COUNT);
      const isLast = index + 1 === state.get(PARTIES);
      if (isLast) this.#breakForDead();
      if (state.get(IS_BROKEN) !== 0) return this.#lastBreak();
      this.#roster.add(ARRIVED, generation - this.#roster.mine(ARRIVED));
      state.put(COUNT, index + 1);
      if (isLast && hasAction) state.put(ACTOR, this.kernel.self);
      else if (isLast) this.#end();
      return new Ticket(generation, index, isLast && hasAction);
    });
  }

  /** How the ticket's generation ended; undefined while it has not. One plain look in the usual case, so it may be asked often. */
  outcome(ticket: Ticket, lookForDead: boolean): Outcome | undefined {
    if (!lookForDead && !this.isOver(ticket.generation)) return undefined;
    return this.#run(() => {
      if (lookForDead) this.#breakForDead();
      return this.#outcomeOf(ticket);
    });
  }

  /** Whether a generation is over, or somebody is about to end it: a plain look. */
  isOver(generation: number): boolean {
    return this.words.load(GENERATION) !== generation;
  }

  /** The actor is done: releases everybody. A Break when its generation was broken meanwhile. */
  finish(ticket: Ticket): Outcome {
    return this.#endOf(ticket, () => this.#end());
  }

  /** Breaks the ticket's generation, unless it is over: then it gives how that ended. */
  fail(ticket: Ticket, reason: Reason): Outcome {
    return this.#endOf(ticket, () => this.#break(reason, this.kernel.self));
  }

  /** Breaks the barrier, if it is not. Gives why it is broken. */
  break(reason: Reason): Break {
    return this.#run(() => {
      if (this.#state.get(IS_BROKEN) === 0) this.#break(reason, this.kernel.self);
      return this.#lastBreak();
    });
  }

  reset(): void {
    const state = this.#state;
    this.#run(() => {
      if (state.get(COUNT) > 0) this.#break(Reason.Reset, this.kernel.self);
      state.put(IS_BROKEN, 0);
    });
  }

  /** A snapshot; a party that died shows in it. */
  peek(): { waiting: number; isBroken: boolean; actor: number } {
    const state = this.#state;
    return this.#run(() => {
      this.#breakForDead();
      const actor = state.get(ACTOR);
      return { waiting: actor === 0 ? state.get(COUNT) : 0, isBroken: state.get(IS_BROKEN) !== 0, actor };
    });
  }

  /** One step; those who wait are woken after it when it ended a generation. */
  #run<T>(change: () => T): T {
    this.#hasEnded = false;
    const result = this.#state.run(change);
    if (this.#hasEnded) this.wake();
    return result;
  }

  protected wake(): void {
    const { words, kernel } = this;
    wakeAll(words, EXIT, kernel);
    wakeAll(words, ENTRY, kernel);
  }

  // --- inside of a step ---

  #endOf(ticket: Ticket, end: () => void): Outcome {
    return this.#run(() => {
      if (this.#state.get(GENERATION) === ticket.generation) end();
      return this.#outcomeOf(ticket)!;
    });
  }

  #end(): void {
    const state = this.#state;
    // It wraps, and 0 is for threads that never arrived.
    state.put(GENERATION, (state.get(GENERATION) + 1) | 0 || 1);
    state.put(COUNT, 0);
    state.put(ACTOR, 0);
    this.#hasEnded = true;
  }

  #break(reason: Reason, who: number): void {
    const state = this.#state;
    const breaks = state.get(BREAKS);
    const end = endAt(breaks);
    state.put(end, state.get(GENERATION));
    state.put(end + 1, reason);
    state.put(end + 2, who);
    state.put(BREAKS, (breaks + 1) | 0);
    state.put(IS_BROKEN, 1);
    this.#end();
  }

  /** Breaks the present generation when a party of it is dead. */
  #breakForDead(): void {
    const state = this.#state;
    if (state.get(COUNT) === 0) return;
    const generation = state.get(GENERATION);
    for (const owner of this.#roster.having(ARRIVED)) {
      if (this.#roster.of(owner, ARRIVED) !== generation || this.kernel.isAlive(owner)) continue;
      this.#break(Reason.Died, owner);
      return;
    }
  }

  #outcomeOf(ticket: Ticket): Outcome | undefined {
    const state = this.#state;
    if (state.get(GENERATION) === ticket.generation) return undefined;
    const breaks = state.get(BREAKS);
    for (let back = 1; back <= ENDS_KEPT; back++) {
      const end = endAt(breaks - back);
      // Never written: there were no more.
      if (state.get(end + 1) === 0) return ticket.index;
      const age = (ticket.generation - state.get(end)) | 0;
      if (age === 0) return new Break(state.get(end + 1) as Reason, state.get(end + 2));
      if (age > 0) return ticket.index;
    }
    return new Break(Reason.Forgotten, 0);
  }

  #lastBreak(): Break {
    const end = endAt(this.#state.get(BREAKS) - 1);
    return new Break(this.#state.get(end + 1) as Reason, this.#state.get(end + 2));
  }
}

const endAt = (number: number): number => ENDS + END_WORDS * (number & (ENDS_KEPT - 1));
