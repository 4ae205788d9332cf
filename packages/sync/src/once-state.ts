/**
 * Who runs the function of a `Once`, and whether it has been run: one word, changed by one compareExchange each time, so that a kill leaves it as it was or as it will be.
 *
 * | STATE      | meaning                                        | changes to                                                                                  |
 * | ---------- | ---------------------------------------------- | ------------------------------------------------------------------------------------------- |
 * | 0          | nobody runs it                                 | owner word, by whoever comes first                                                          |
 * | owner word | that thread runs it                            | DONE when it has succeeded; 0 when it threw; another owner word when that thread is dead    |
 * | DONE       | the value is there (once-value.ts)             | nothing                                                                                     |
 *
 * Behind STATE is the wait queue. Done wakes everybody. 0 wakes one, which runs its own function. Killed between the change and the wake-up, sleepers find out at the end of their slice.
 */
import { wakeAll, wakeOne, WAIT_QUEUE_WORDS, type Kernel, type Words } from '@manycore/core/internal';

export const ONCE_STATE = 0;
export const ONCE_QUEUE = 1;
export const ONCE_STATE_WORDS = ONCE_QUEUE + WAIT_QUEUE_WORDS;
const IDLE = 0;
const DONE = -1;

/** It was run: its value is there. */
export const WAS_RUN = 1;
/** It is this thread's to run: `finish` or `giveUp` must follow. */
export const OURS = 2;
export type Claim = typeof WAS_RUN | typeof OURS;

export class OnceState {
  constructor(
    readonly words: Words,
    readonly kernel: Kernel,
  ) {}

  /** Undefined when somebody else runs it: go on waiting. */
  claim(lookForDead: boolean): Claim | undefined {
    const { words, kernel } = this;
    for (;;) {
      const seen = words.load(ONCE_STATE);
      if (seen === DONE) return WAS_RUN;
      if (seen !== IDLE && (!lookForDead || kernel.isAlive(seen))) return undefined;
      if (words.compareExchange(ONCE_STATE, seen, kernel.self) === seen) return OURS;
    }
  }

  /** The value is in place. */
  finish(): void {
    this.words.store(ONCE_STATE, DONE);
    wakeAll(this.words, ONCE_QUEUE, this.kernel);
  }

  /** It could not be run: the next one does. */
  giveUp(): void {
    this.words.store(ONCE_STATE, IDLE);
    wakeOne(this.words, ONCE_QUEUE, this.kernel);
  }

  get isDone(): boolean {
    return this.words.load(ONCE_STATE) === DONE;
  }

  /** Owner word of the thread that runs it; 0: nobody. */
  get runner(): number {
    return runnerOf(this.words);
  }
}

/** Owner word of the thread that runs the function of the `Once` in that block; 0: nobody. A snapshot. */
export function runnerOf(words: Words): number {
  const seen = words.load(ONCE_STATE);
  return seen === DONE ? IDLE : seen;
}
