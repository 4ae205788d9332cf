/**
 * Who takes part in a primitive, and how: for each thread its owner word and a few counts (permits it holds, notifications it waits for), kept in shared memory so that others can give
 * back what a thread had when it is gone.
 *
 * Words: HIGH = one more than the highest slot that was ever used; then for each slot: owner word (0: nobody), counts. All of it changes inside of steps of a `SharedState`.
 *
 * An entry whose owner is dead, or whose slot has a new tenant, is *gone*: `onGone` undoes what it meant, and it is cleared. Threads of low slots come first, so a look at all entries
 * is a look at as many as there are threads.
 */
import { slotOf, type Kernel, type Words } from '@manycore/core/internal';
import type { SharedState } from './state.js';

const SLOTS = 1024;
/** Of one step: what is undone has to fit the log of the state. */
const GONE_PER_STEP = 4;

/** Undoes what a thread that is gone had; `counts` has a number for each column. Inside of a step. */
export type OnGone = (owner: number, counts: readonly number[]) => void;

export class Roster {
  readonly #entryWords: number;

  /**
   * @param base - the first word of `Roster.words(columns)` words.
   * @param columns - how many counts a thread has.
   */
  constructor(
    readonly state: SharedState,
    readonly base: number,
    readonly columns: number,
    readonly onGone: OnGone,
  ) {
    this.#entryWords = columns + 1;
  }

  static words(columns: number): number {
    return 1 + SLOTS * (columns + 1);
  }

  /** Owner words of those who have something in `column`, read without a step, by anybody: a snapshot for inspection. */
  static having(words: Words, base: number, columns: number, column: number): number[] {
    const owners: number[] = [];
    for (let slot = 0; slot < Math.min(words.load(base), SLOTS); slot++) {
      const entry = base + 1 + slot * (columns + 1);
      if (words.load(entry) !== 0 && words.load(entry + 1 + column) > 0) owners.push(words.load(entry));
    }
    return owners;
  }

  get #kernel(): Kernel {
    return this.state.kernel;
  }

  #entry(slot: number): number {
    return this.base + 1 + slot * this.#entryWords;
  }

  /** The word of a count of the thread with that owner word, to sleep on and to wake at. */
  wordOf(owner: number, column: number): number {
    return this.#entry(slotOf(owner)) + 1 + column;
  }

  /** A count of this thread; inside of a step. */
  mine(column: number): number {
    const entry = this.#entry(this.#kernel.slot);
    return this.state.get(entry) === this.#kernel.self ? this.state.get(entry + 1 + column) : 0;
  }

  /** Adds to a count of this thread, and returns it; inside of a step. */
  add(column: number, delta: number): number {
    return this.addTo(this.#kernel.self, column, delta);
  }

  /** Adds to a count of the thread with that owner word, which must be this thread or one that is in the roster. */
  addTo(owner: number, column: number, delta: number): number {
    const { state } = this;
    const slot = slotOf(owner);
    const entry = this.#entry(slot);
    if (state.get(entry) !== owner) {
      if (state.get(entry) !== 0) this.#clear(entry);
      state.put(entry, owner);
      if (state.get(this.base) <= slot) state.put(this.base, slot + 1);
    }
    return state.add(entry + 1 + column, delta);
  }

  /** Threads that have something in `column`, by slot; inside of a step. */
  *having(column: number): Generator<number> {
    const { state } = this;
    const high = state.get(this.base);
    for (let slot = 0; slot < high; slot++) {
      const entry = this.#entry(slot);
      if (state.get(entry) !== 0 && state.get(entry + 1 + column) !== 0) yield state.get(entry);
    }
  }

  /** A count of the thread with that owner word; inside of a step. */
  of(owner: number, column: number): number {
    const entry = this.#entry(slotOf(owner));
    return this.state.get(entry) === owner ? this.state.get(entry + 1 + column) : 0;
  }

  /** Clears the entries of threads that are gone, a few at a time: whether there may be more. Inside of a step. */
  sweep(): boolean {
    const { state } = this;
    const high = state.get(this.base);
    let gone = 0;
    for (let slot = 0; slot < high && gone < GONE_PER_STEP; slot++) {
      const entry = this.#entry(slot);
      const owner = state.get(entry);
      if (owner === 0 || this.#isBlank(entry) || this.#kernel.isAlive(owner)) continue;
      this.#clear(entry);
      gone++;
    }
    return gone === GONE_PER_STEP;
  }

  #isBlank(entry: number): boolean {
    for (let column = 0; column < this.columns; column++) if (this.state.get(entry + 1 + column) !== 0) return false;
    return true;
  }

  #clear(entry: number): void {
    const { state } = this;
    const owner = state.get(entry);
    const counts = Array.from({ length: this.columns }, (_, column) => state.get(entry + 1 + column));
    state.put(entry, 0);
    counts.forEach((count, column) => {
      if (count !== 0) state.put(entry + 1 + column, 0);
    });
    if (counts.some((count) => count !== 0)) this.onGone(owner, counts);
  }
}
