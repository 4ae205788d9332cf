/**
 * Whether whoever waits for the next message of a pool may look for it long. To look costs a CPU and nothing else, and a sleep with its wake-up costs more than most tasks; but where more threads want to run than
 * there are CPUs, those that look take the time from those that work, from the very peer that they wait for as well.
 */
import { readFileSync } from 'node:fs';
import { native, now } from '@manycore/core/internal';

/** How old what is known of others may be: to look takes some 20 µs. */
const SAMPLE_MS = 25;

/** Each can have a CPU; or they take turns among themselves; or with others, where only who sleeps is let run at once when it is woken. */
export const NONE = 0;
export const SHORT = 1;
export const LONG = 2;
export type Looks = typeof NONE | typeof SHORT | typeof LONG;

export class CrewLoad {
  /** Workers that have tasks. */
  busy = 0;
  readonly #cpus = native().cpuCount;
  /** Threads of the machine that wanted to run, besides those of the pool. */
  #others = 0;
  #sampledAt = -Infinity;

  /** How long each of so many workers, and the pool's own thread, may look. */
  looks(busy: number): Looks {
    if (busy + this.#others < this.#cpus) return LONG;
    return this.#others === 0 ? SHORT : NONE;
  }

  /** To be called now and then while the pool is at work. */
  look(): void {
    const at = now();
    if (at - this.#sampledAt < SAMPLE_MS) return;
    this.#sampledAt = at;
    this.#others = Math.max(0, runnable() - 1 - this.busy);
  }
}

/** Threads that run or want to; 1, which is this one, where the system does not tell. @see proc_loadavg(5), the fourth field. */
function runnable(): number {
  try {
    return Number(/ (\d+)\//.exec(readFileSync('/proc/loadavg', 'latin1'))?.[1] ?? 1);
  } catch {
    return 1;
  }
}
