/**
 * Looking for the next message before sleeping, on either side of a pool. To look costs a CPU and nothing else. A sleep and its wake-up cost more than most tasks, on a virtual machine up to some tenths of a millisecond; so
 * one looks for longer than that: else, once one of the two fell asleep, each would be asleep whenever the other one answers. But where more threads want to run than there are CPUs, those that look take the time from
 * those that work, the very peer that they wait for among them, and only who sleeps is let run at once when it is woken.
 *
 * Which of the two it is, is tried. How long to look doubles when it paid off and halves when it did not; after a short sleep, the longest look is tried once. When that is in vain, so many short sleeps are let pass before the
 * next try, twice as many each time.
 *
 * How long is a time, not a number of looks: V8 interprets the first thousands of them, at up to thirty times the price, in the first moments of a worker of all times.
 */
import { native, now } from '@manycore/core/internal';

/** Between two looks at the clock. In loops so short that V8 compiles the function between two calls of it, and not in the middle of one: what it compiles there of functions that had hardly run, it gives up again at every call (Node 20). */
const AT_A_TIME = 32;
/** In milliseconds: no more than one of these loops. */
const SHORTEST_MS = 0.0005;
/** A sleep that was longer was no answer to what was sent. */
const SHORT_SLEEP_MS = 0.3;
/** A machine that is quiet again should be noticed within a millisecond or two. */
const MOST_PASSED = 8;

export class Lookout {
  readonly #mostMs: number;
  #ms: number;
  #isTry = false;
  /** Short sleeps to let pass until the next try, and after the next one that is in vain. */
  #toPass = 0;
  #nextToPass = 1;

  /**
   * @param mostMs - how long it looks, at the most. With a single CPU the peer cannot run meanwhile, so it does not look at all.
   * @param clock - in milliseconds.
   */
  constructor(
    mostMs: number,
    readonly clock: () => number = now,
  ) {
    this.#mostMs = native().cpuCount > 1 ? mostMs : 0;
    this.#ms = this.#mostMs;
  }

  /** Whether `isThere` comes true before it has been asked long enough; `mostMs` at most, and the few looks between two at the clock. */
  look(isThere: () => boolean, mostMs: number): boolean {
    if (this.#mostMs === 0) return false;
    const end = this.clock() + Math.min(mostMs, this.#ms);
    do {
      if (isThereSoon(isThere)) {
        this.#paidOff();
        return true;
      }
    } while (this.clock() < end);
    this.#wasInVain();
    return false;
  }

  /** After the sleep that followed a look in vain. */
  slept(ms: number): void {
    if (ms >= SHORT_SLEEP_MS || this.#mostMs === 0) return;
    if (this.#toPass > 0) {
      this.#toPass--;
      return;
    }
    this.#isTry = true;
    this.#ms = this.#mostMs;
  }

  #paidOff(): void {
    this.#ms = Math.min(this.#mostMs, this.#ms * 2);
    if (this.#isTry) this.#nextToPass = Math.max(1, this.#nextToPass >>> 1);
    this.#isTry = false;
  }

  #wasInVain(): void {
    if (this.#isTry) {
      this.#ms = SHORTEST_MS;
      this.#toPass = this.#nextToPass;
      this.#nextToPass = Math.min(MOST_PASSED, this.#nextToPass * 2);
      this.#isTry = false;
    } else this.#ms = Math.max(SHORTEST_MS, this.#ms / 2);
  }
}

function isThereSoon(isThere: () => boolean): boolean {
  for (let i = 0; i < AT_A_TIME; i++) if (isThere()) return true;
  return false;
}
