/**
 * How many workers of a pool are at work, and so whether whoever waits for the next message may look for it long. To look costs a CPU and nothing else, and a sleep with its wake-up costs more than most tasks; but where
 * there are more threads than CPUs, those that look take the time from those that work.
 */
import { native } from '@manycore/core/internal';

export class CrewLoad {
  /** Workers that have tasks. */
  busy = 0;
  readonly #cpus = native().cpuCount;

  /** Whether so many of them, and the pool's own thread, can have a CPU each. */
  fits(busy: number): boolean {
    return busy < this.#cpus;
  }
}
