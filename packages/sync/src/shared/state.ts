/**
 * The state of a primitive that takes more than one word: changed under a lock, in steps that a kill cannot leave half done.
 *
 * | words in the block | what                                                                                              |
 * | ------------------ | ------------------------------------------------------------------------------------------------- |
 * | GUARD..            | a robust lock of @manycore/core, held for the length of one step: well under a microsecond        |
 * | LOG_COUNT          | how many changes of the step that is under way are in the log                                      |
 * | LOG..              | for each: the word, and what it was before                                                         |
 * | STATE..            | the primitive's own                                                                                |
 *
 * | step of `put`                      | killed right after it                                                  |
 * | ---------------------------------- | ---------------------------------------------------------------------- |
 * | 1. write the log entry             | the count does not include it: nothing happened                        |
 * | 2. LOG_COUNT + 1                   | undone: it restores the value that is still there                      |
 * | 3. write the word                  | undone from the log                                                    |
 * | commit: LOG_COUNT = 0              | everything holds; the guard is taken over from the dead                |
 *
 * Whoever takes the guard over from the dead undoes what is in the log, last change first; killed in between, the next one undoes the rest. The same as `Transaction` of core, within one
 * block and without its capacity. Word 3 of the table is a plain store: others read it under the guard, and what a killed thread stored in program order is there when its death shows.
 */
import { lockBlocked, ROBUST_LOCK_WORDS, unlock, type Kernel, type Words } from '@manycore/core/internal';

const GUARD = 0;
const LOG_COUNT = GUARD + ROBUST_LOCK_WORDS;
const LOG = LOG_COUNT + 1;
/** Changes of one step; those that could be more are cut into several. */
export const LOG_ENTRIES = 64;
/** The first word of the primitive's own. */
export const STATE = LOG + 2 * LOG_ENTRIES;

export class SharedState {
  #count = 0;

  constructor(
    readonly words: Words,
    readonly kernel: Kernel,
  ) {}

  /** A word of the state; only inside of `run`. */
  get(word: number): number {
    return this.words.get(word);
  }

  /** Changes a word of the state; only inside of `run`. */
  put(word: number, value: number): void {
    const { words } = this;
    const count = this.#count;
    if (count === LOG_ENTRIES) throw new RangeError(`SharedState: more than ${LOG_ENTRIES} changes in one step. This is a defect of manycore; please report it.`);
    words.set(LOG + 2 * count, word);
    words.set(LOG + 2 * count + 1, words.get(word));
    this.#count = count + 1;
    // Atomic, so that neither compiler nor processor moves it: the log must be whole before the word changes.
    words.store(LOG_COUNT, count + 1);
    words.set(word, value);
  }

  add(word: number, delta: number): number {
    const value = this.get(word) + delta;
    this.put(word, value);
    return value;
  }

  /** Runs `change` as one step. An exception undoes it and goes on to the caller. Blocks for as long as somebody else's step takes; `change` must not call code of the user. */
  run<T>(change: () => T): T {
    const { words, kernel } = this;
    if (lockBlocked(words, GUARD, kernel, Infinity) !== 0) this.#rollBack();
    try {
      const result = change();
      if (this.#count > 0) words.store(LOG_COUNT, 0);
      return result;
    } catch (error) {
      this.#rollBack();
      throw error;
    } finally {
      this.#count = 0;
      unlock(words, GUARD, kernel);
    }
  }

  #rollBack(): void {
    const { words } = this;
    for (let left = words.load(LOG_COUNT); left > 0; left--) {
      words.set(words.get(LOG + 2 * (left - 1)), words.get(LOG + 2 * (left - 1) + 1));
      words.store(LOG_COUNT, left - 1);
    }
  }
}
