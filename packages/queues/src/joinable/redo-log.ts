/**
 * Changes of several words that a kill cannot leave half done: a redo log in shared memory, under a robust lock. Pure algorithm: words; no waiting.
 *
 * Layout (words from the log's index): COUNT; GETS and IS_CONDITIONAL; then entries of three: a lease (0: the queue's own block), a word of it, its new value. New values are absolute, so
 * that making a change twice makes it once.
 *
 * A change may depend on the taking of an entry of the ring, which is committed by a word of its own: then it is armed before, and holds if the ring's count of takings says so.
 *
 * | step                                   | killed right after it: what `settle` does                                     |
 * | -------------------------------------- | ----------------------------------------------------------------------------- |
 * | 1. entries are noted                   | COUNT is 0: nothing happened                                                  |
 * | 2. `arm`: condition, then COUNT        | unconditional: makes the changes. Conditional: forgets them, no entry was taken |
 * | 3. the ring's entry is taken (if conditional) | makes the changes                                                      |
 * | 4. some or all of the changes          | makes all of them, some for the second time                                   |
 * | 5. COUNT = 0                           | nothing is left to do                                                         |
 *
 * Unlike the undo log of session memory (core, transaction.ts), nobody ever sees a change that is taken back.
 */
import type { Words } from '@manycore/core/internal';

const COUNT = 0;
const IS_CONDITIONAL = 1;
const GETS = 2;
const ENTRIES = 3;
/** The largest change, of leases.ts, has 7. */
const MOST_ENTRIES = 8;
export const REDO_LOG_WORDS = ENTRIES + 3 * MOST_ENTRIES;

export class RedoLog {
  #count = 0;

  /** @param wordsOf - the words of a lease. */
  constructor(
    readonly words: Words,
    readonly log: number,
    readonly wordsOf: (lease: number) => Words,
  ) {}

  /** Before the first note of a change: forgets notes of one that did not come to be armed. */
  begin(): void {
    this.#count = 0;
  }

  /** One word of the queue's block. */
  note(word: number, value: number): void {
    this.noteOf(0, word, value);
  }

  noteOf(lease: number, word: number, value: number): void {
    const entry = this.log + ENTRIES + 3 * this.#count++;
    this.words.set(entry, lease);
    this.words.set(entry + 1, word);
    this.words.set(entry + 2, value);
  }

  /** From here on what was noted is made; with `gets`, if the ring's GETS becomes that. */
  arm(gets?: number): void {
    this.words.set(this.log + IS_CONDITIONAL, gets === undefined ? 0 : 1);
    this.words.set(this.log + GETS, gets ?? 0);
    this.words.store(this.log + COUNT, this.#count);
  }

  /** Makes what is armed. */
  apply(): void {
    const { words, log } = this;
    const end = log + ENTRIES + 3 * words.load(log + COUNT);
    for (let entry = log + ENTRIES; entry < end; entry += 3) {
      const lease = words.get(entry);
      (lease === 0 ? words : this.wordsOf(lease)).store(words.get(entry + 1), words.get(entry + 2));
    }
    words.store(log + COUNT, 0);
  }

  /** Makes what is armed, or forgets it where its condition does not hold: after the attempt to take an entry, and after a death, when the ring is repaired. `gets` is the ring's GETS. */
  settle(gets: number): void {
    const { words, log } = this;
    if (words.load(log + IS_CONDITIONAL) === 0 || words.load(log + GETS) === gets) this.apply();
    else words.store(log + COUNT, 0);
  }
}
