/**
 * The words that make a robust lock recursive: for which async tree of its thread the holder has it, and how often.
 *
 * | word  | meaning                                                                 |
 * | ----- | ----------------------------------------------------------------------- |
 * | TREE  | the number of the tree, 0: the thread as a whole (shared/async-tree.ts) |
 * | COUNT | how often it was acquired and not yet released                          |
 *
 * They mean something only while the robust lock has an owner, and only that owner reads and writes them, so plain operations do. Whoever gets the lock, free, handed over or taken from
 * the dead, writes both before it lets go of its thread; what a killed holder left in them is never read.
 *
 * | killed after                    | what is left                                                                        |
 * | ------------------------------- | ----------------------------------------------------------------------------------- |
 * | getting the lock, before both   | a dead owner: the next one takes over and writes both                               |
 * | COUNT + 1 or COUNT - 1          | the same                                                                            |
 * | COUNT = 0, before the unlock    | the same; that the lock was to be released anyway is not seen, it counts as abandoned |
 */
import { holdsLock, unlock, type Kernel, type Words } from '@manycore/core/internal';

const TREE = 0;
const COUNT = 1;
export const RECURSION_WORDS = COUNT + 1;

export class Recursion {
  /**
   * @param lock - index of the robust lock in `words`.
   * @param at - index of the words above.
   */
  constructor(
    readonly words: Words,
    readonly lock: number,
    readonly at: number,
    readonly kernel: Kernel,
  ) {}

  /** The number of the tree that has the lock; undefined when this thread does not hold it. */
  get tree(): number | undefined {
    return holdsLock(this.words, this.lock, this.kernel) ? this.words.get(this.at + TREE) : undefined;
  }

  /** How often it is held. Only a hint for those who do not hold it. */
  get count(): number {
    return this.words.get(this.at + COUNT);
  }

  /** This thread just got the lock. */
  begin(tree: number, count = 1): void {
    this.words.set(this.at + TREE, tree);
    this.words.set(this.at + COUNT, count);
  }

  /** The owner acquires once more. */
  again(): void {
    this.words.set(this.at + COUNT, this.count + 1);
  }

  /** The owner releases once; true when that was the last time, and the lock was given up. */
  leave(): boolean {
    const count = this.count - 1;
    this.words.set(this.at + COUNT, count);
    if (count > 0) return false;
    unlock(this.words, this.lock, this.kernel);
    return true;
  }

  /** The owner gives the lock up; how often it had it. */
  leaveAll(): number {
    const { count } = this;
    this.words.set(this.at + COUNT, 0);
    unlock(this.words, this.lock, this.kernel);
    return count;
  }
}
