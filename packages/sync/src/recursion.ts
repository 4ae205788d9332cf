/**
 * The words that make a robust lock recursive: for which async tree of its thread the holder has it, and how often.
 *
 * | word  | meaning                                                                    |
 * | ----- | -------------------------------------------------------------------------- |
 * | TREE  | the number of the tree, 0: the thread as a whole (shared/async-tree.ts)    |
 * | AGAIN | how often it was acquired after the first time, and not yet released       |
 *
 * They mean something only while the robust lock has an owner, and only that owner reads and writes them, so plain operations do. Whoever releases the lock leaves both 0, so a thread that finds the lock
 * free has it as the thread's, once, without writing anything. Whoever takes it from the dead writes both before it lets go of its thread; what a killed holder left in them is never read.
 *
 * | killed after                                  | what is left                                                                          |
 * | --------------------------------------------- | ------------------------------------------------------------------------------------- |
 * | getting the lock, before both                 | a dead owner: the next one takes over and writes both                                 |
 * | AGAIN + 1 or AGAIN - 1                        | the same                                                                              |
 * | the last release: TREE = 0, before the unlock | the same; that the lock was to be released anyway is not seen, it counts as abandoned |
 */
import { holdsLock, unlock, type Kernel, type Words } from '@manycore/core/internal';

const TREE = 0;
const AGAIN = 1;
export const RECURSION_WORDS = AGAIN + 1;

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
    return this.words.get(this.at + AGAIN) + 1;
  }

  /** This thread just got the lock. Not needed for the thread as a whole, once, where the lock was free. */
  begin(tree: number, count = 1): void {
    this.words.set(this.at + TREE, tree);
    this.words.set(this.at + AGAIN, count - 1);
  }

  /** The owner acquires once more. */
  again(): void {
    this.words.set(this.at + AGAIN, this.count);
  }

  /** The owner releases once; true when that was the last time, and the lock was given up. */
  leave(): boolean {
    const again = this.words.get(this.at + AGAIN);
    if (again !== 0) {
      this.words.set(this.at + AGAIN, again - 1);
      return false;
    }
    this.#giveUp();
    return true;
  }

  /** The usual case of `leave`, in short: the thread as a whole has the lock once, and nobody waits for it. False, and nothing done, when it is another case. */
  leaveThread(): boolean {
    const { words, lock, at } = this;
    const { self } = this.kernel;
    return words.get(lock) === self && words.get(at + TREE) === 0 && words.get(at + AGAIN) === 0 && words.compareExchange(lock, self, 0) === self;
  }

  /** The owner gives the lock up; how often it had it. */
  leaveAll(): number {
    const { count } = this;
    this.words.set(this.at + AGAIN, 0);
    this.#giveUp();
    return count;
  }

  #giveUp(): void {
    if (this.words.get(this.at + TREE) !== 0) this.words.set(this.at + TREE, 0);
    unlock(this.words, this.lock, this.kernel);
  }
}
