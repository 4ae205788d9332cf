/**
 * Changes of several words that a kill cannot leave half done: an undo log in shared memory, under a robust lock.
 *
 * Layout (words from the log's address): 0 = number of entries; then entries of three: word address low 31 bits, address high bits, old value.
 *
 * | step                                   | killed right after it                                                        |
 * | -------------------------------------- | ---------------------------------------------------------------------------- |
 * | 1. write the entry behind the last one | the count does not include it: nothing happened                              |
 * | 2. count + 1                           | the entry is undone: it restores the value that is still there               |
 * | 3. write the new value                 | undone from the entry                                                        |
 * | 4. commit: count = 0                   | everything holds                                                             |
 *
 * Whoever takes the lock from a dead owner calls `rollBack` before anything else. Rolling back is itself safe to kill: entries are undone from the last to the
 * first, and undoing twice restores the same values. A transaction that throws is rolled back by `run`.
 */
import { ManycoreError, defineError } from '../errors.js';

/** Words by address, as `Windows` gives them; a model of it runs under the interleaving explorer. */
export interface Space {
  load(address: number): number;
  store(address: number, value: number): void;
}

/** Enough for the largest single change; longer work is cut into several transactions. */
export const UNDO_ENTRIES = 1024;
export const UNDO_WORDS = 1 + UNDO_ENTRIES * 3;
const HIGH = 2 ** 31;

class UndoLogFullError extends ManycoreError {}
defineError(UndoLogFullError, 'UndoLogFullError', 'ERR_MANYCORE_UNDO_LOG_FULL');

export class Transaction implements Space {
  #count = 0;

  constructor(
    readonly space: Space,
    readonly log: number,
  ) {}

  load(address: number): number {
    return this.space.load(address);
  }

  /** Changes one word, noting its old value first. */
  store(address: number, value: number): void {
    if (this.#count === UNDO_ENTRIES) throw new UndoLogFullError('manycore: a change of session memory is larger than its undo log. This is a defect of manycore; please report it.');
    const entry = this.log + 1 + this.#count * 3;
    this.space.store(entry, address % HIGH);
    this.space.store(entry + 1, Math.floor(address / HIGH));
    this.space.store(entry + 2, this.space.load(address));
    this.#count++;
    this.space.store(this.log, this.#count);
    this.space.store(address, value);
  }

  add(address: number, delta: number): number {
    const value = this.load(address) + delta;
    this.store(address, value);
    return value;
  }

  /** Runs `change` as one step; only under the lock. An exception undoes it and goes on to the caller. */
  run<T>(change: (tx: Transaction) => T): T {
    let result: T;
    try {
      result = change(this);
    } catch (error) {
      this.rollBack();
      throw error;
    }
    this.space.store(this.log, 0);
    this.#count = 0;
    return result;
  }

  /** Undoes what a dead owner of the lock, or a change that threw, left behind. Does nothing when nothing was left. */
  rollBack(): void {
    for (let left = this.space.load(this.log); left > 0; left--) {
      const entry = this.log + 1 + (left - 1) * 3;
      const address = this.space.load(entry) + this.space.load(entry + 1) * HIGH;
      this.space.store(address, this.space.load(entry + 2));
      // The count follows, so that a second rollback after a kill starts where this one was.
      this.space.store(this.log, left - 1);
    }
    this.#count = 0;
  }
}
