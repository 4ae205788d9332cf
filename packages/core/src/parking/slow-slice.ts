/** How an event loop finds what no ring tells it of: a timer that comes after 50 ms, then twice as late each time, up to 1 s. Its cost is below what can be measured (about 30 µs a second). */
import { SLICE_MS } from './wait-queue.js';

const SLOWEST_SLICE_MS = 1000;

export class SlowSlice {
  #timer: NodeJS.Timeout | undefined;
  #ms = SLICE_MS;

  constructor(readonly look: () => void) {}

  get isRunning(): boolean {
    return this.#timer !== undefined;
  }

  /** Does not keep the event loop alive. */
  start(): void {
    this.#ms = SLICE_MS;
    this.#arm();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** Something happened: the slice after the next comes soon again. */
  shorten(): void {
    this.#ms = SLICE_MS;
  }

  #arm(): void {
    this.#timer = setTimeout(() => {
      this.#ms = Math.min(SLOWEST_SLICE_MS, this.#ms * 2);
      this.#arm();
      this.look();
    }, this.#ms);
    this.#timer.unref();
  }
}
