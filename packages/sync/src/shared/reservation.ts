/**
 * Something of which one is kept for a thread that has waited long: a permit, a turn to write. Else those who come and go could keep it from a thread that has to be woken first, for ever.
 *
 * | word     | meaning                                                                    |
 * | -------- | -------------------------------------------------------------------------- |
 * | HEIR     | 0, or the owner word of the thread for which one is kept                   |
 * | TAKEN_AT | when one that had been kept was taken last (milliseconds)                  |
 *
 * A waiter that has waited for its patience names itself heir, and tries once more. From then on others take one only when two are left. Whoever gives one back while there is an heir wakes
 * all, because nobody knows who of the sleepers it is. An heir that takes one, or leaves, clears HEIR; one that leaves wakes another, which may have been refused for its sake.
 *
 * It is a reservation, not an order: a waiter that finds one left, and kept for a thread that is dead, or for the same one in looks that lie UNUSED_MS apart, takes it. One is kept at most once in
 * the patience of whoever asks, so that not every release has to wake a sleeper.
 *
 * | killed after                  | what is left                                                       |
 * | ----------------------------- | ------------------------------------------------------------------ |
 * | HEIR = me                     | kept for the dead: the next one that is refused for it clears it   |
 * | taking one, or HEIR = 0       | nothing                                                            |
 */
import { HAND_OVER_LOOP_MS, HAND_OVER_MS, type Kernel, type Words } from '@manycore/core/internal';
import { Unchanged } from './unchanged.js';

const HEIR = 0;
const TAKEN_AT = 1;
export const RESERVATION_WORDS = TAKEN_AT + 1;

/** How long what is kept for a thread, or its turn, may stay unused: more than a sleeper takes to wake up. */
export const UNUSED_MS = 50;

/** One wait: what it has to remember from attempt to attempt. */
export class Turn {
  /** Whether HEIR may be ours. */
  asked = false;
  /** One is left, and kept for the same heir. */
  readonly unused = new Unchanged();

  constructor(
    readonly patienceMs: number,
    readonly since: number,
  ) {}

  static ofPromise = (kernel: Kernel): Turn => new Turn(HAND_OVER_LOOP_MS, kernel.now());
  static ofBlocked = (kernel: Kernel): Turn => new Turn(HAND_OVER_MS, kernel.now());
}

/** The clock wraps; a word that was never written lies anywhere on it. */
const isWithin = (elapsed: number, ms: number): boolean => (elapsed | 0) >= 0 && (elapsed | 0) < ms;

export class Reservation {
  constructor(
    readonly words: Words,
    readonly at: number,
    readonly kernel: Kernel,
  ) {}

  /** How many there have to be for this thread to take one. */
  get least(): 1 | 2 {
    const { self } = this.kernel;
    const seen = this.words.get(this.at + HEIR);
    if (seen === 0 || seen === self) return 1;
    // What is seen first may be old; whoever is refused must be so for what is.
    const heir = this.words.load(this.at + HEIR);
    return heir === 0 || heir === self ? 1 : 2;
  }

  /** Whether one is kept for somebody: who gives one back has to wake all. */
  get isAny(): boolean {
    return this.words.load(this.at + HEIR) !== 0;
  }

  /** This thread has taken one. */
  taken(): void {
    const { words, at, kernel } = this;
    if (words.get(at + HEIR) !== kernel.self) return;
    if (words.compareExchange(at + HEIR, kernel.self, 0) === kernel.self) words.store(at + TAKEN_AT, kernel.now());
  }

  /** After a refusal: has one kept for this thread when it has waited long enough. True: try once more. */
  ask(turn: Turn): boolean {
    const { words, at, kernel } = this;
    if (turn.asked && words.load(at + HEIR) === kernel.self) return false;
    turn.asked = false;
    const now = kernel.now();
    if (isWithin(now - turn.since, turn.patienceMs) || isWithin(now - words.load(at + TAKEN_AT), turn.patienceMs)) return false;
    const heir = words.compareExchange(at + HEIR, 0, kernel.self);
    turn.asked = heir === 0 || heir === kernel.self;
    return turn.asked;
  }

  /** After a refusal although one is left: whether it is kept no longer, for a thread that is dead or does not use it. True: try once more. */
  forfeits(turn: Turn | undefined): boolean {
    const { words, at, kernel } = this;
    const heir = words.load(at + HEIR);
    if (heir === 0 || heir === kernel.self) return true;
    if (kernel.isAlive(heir)) {
      if (turn === undefined || turn.unused.for(heir, kernel.now()) < UNUSED_MS) return false;
    }
    words.compareExchange(at + HEIR, heir, 0);
    return true;
  }

  /** Ends a wait that took nothing. True: one was kept for it, and may be for another now. */
  leave(turn: Turn): boolean {
    if (!turn.asked) return false;
    turn.asked = false;
    return this.words.compareExchange(this.at + HEIR, this.kernel.self, 0) === this.kernel.self;
  }
}
