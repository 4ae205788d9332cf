/**
 * Looking for the next message before sleeping, on either side of a pool. To look costs a CPU and nothing else. A sleep and its wake-up cost more than most tasks, on a virtual machine up to some tenths of a millisecond; so
 * one looks for longer than that: else, once one of the two fell asleep, each would be asleep whenever the other one answers. But where more threads want to run than there are CPUs, those that look take the time from
 * those that work, the very peer that they wait for among them, and only who sleeps is let run at once when it is woken.
 *
 * Which of the two it is, is tried. How long to look doubles when it paid off and halves when it did not; after a short sleep, the longest look is tried once. When that is in vain, so many short sleeps are let pass before the
 * next try, twice as many each time.
 */
import { native } from '@manycore/core/internal';

const FEWEST = 32;
/** In loops so short that V8 compiles the function between two calls of it, and not in the middle of one: what it compiles there of functions that had hardly run, it gives up again at every call (Node 20). */
const AT_A_TIME = 32;
/** A sleep that was longer was no answer to what was sent. */
const SHORT_SLEEP_MS = 0.3;
/** A machine that is quiet again should be noticed within a millisecond or two. */
const MOST_PASSED = 8;

export class Lookout {
  readonly #most: number;
  #looks: number;
  #isTry = false;
  /** Short sleeps to let pass until the next try, and after the next one that is in vain. */
  #toPass = 0;
  #nextToPass = 1;

  /** @param most - times that it looks, at the most. With a single CPU the peer cannot run meanwhile, so it does not look at all. */
  constructor(most: number) {
    this.#most = native().cpuCount > 1 ? most : 0;
    this.#looks = this.#most;
  }

  /** Whether `isThere` comes true before it has been asked often enough; `most` times at most. */
  look(isThere: () => boolean, most: number): boolean {
    for (let left = Math.min(most, this.#looks); left > 0; left -= AT_A_TIME) {
      if (isThereSoon(isThere, Math.min(AT_A_TIME, left))) {
        this.#paidOff();
        return true;
      }
    }
    this.#wasInVain();
    return false;
  }

  /** After the sleep that followed a look in vain. */
  slept(ms: number): void {
    if (ms >= SHORT_SLEEP_MS || this.#most === 0) return;
    if (this.#toPass > 0) {
      this.#toPass--;
      return;
    }
    this.#isTry = true;
    this.#looks = this.#most;
  }

  #paidOff(): void {
    this.#looks = Math.min(this.#most, this.#looks * 2);
    if (this.#isTry) this.#nextToPass = Math.max(1, this.#nextToPass >>> 1);
    this.#isTry = false;
  }

  #wasInVain(): void {
    if (this.#isTry) {
      this.#looks = FEWEST;
      this.#toPass = this.#nextToPass;
      this.#nextToPass = Math.min(MOST_PASSED, this.#nextToPass * 2);
      this.#isTry = false;
    } else if (this.#looks > FEWEST) this.#looks = Math.max(FEWEST, this.#looks >>> 1);
  }
}

function isThereSoon(isThere: () => boolean, most: number): boolean {
  for (let i = 0; i < most; i++) if (isThere()) return true;
  return false;
}
