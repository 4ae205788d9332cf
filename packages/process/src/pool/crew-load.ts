/** How many workers of a pool are at work, and so whether whoever waits for the next message may look for it long (lookout.ts) without taking the CPU from one that works. */
import { native } from '@manycore/core/internal';

export class CrewLoad {
  /** Workers that have tasks. */
  busy = 0;
  readonly #cpus = native().cpuCount;

  /** Whether so many workers, and the pool's own thread, can have a CPU each. */
  fits(busy: number): boolean {
    return busy < this.#cpus;
  }
}
