/**
 * When a pool looks for results. As long as they keep coming it looks once in each turn of the event loop; when there are none it looks for a moment longer (lookout.ts); then it waits for the doorbell, at every
 * worker that has something to do. Nothing of this while no task is underway.
 */
import { now } from '@manycore/core/internal';
import { Lookout } from './lookout.js';
import type { Staff } from './staff.js';
import type { WorkerHandle } from './worker-handle.js';

/** Longer would hold up the event loop. */
const LONG_LOOK_MS = 0.16;
/** Where the workers can do with this thread's CPU. */
const SHORT_LOOK_MS = 0.04;

export interface Collected {
  readonly staff: Staff;
  /** Takes what there is; whether there was anything. */
  collect(): boolean;
  /** A wait failed: the session's memory is damaged. */
  collectingFailed(error: unknown): void;
}

export class Collector {
  readonly #host: Collected;
  readonly #lookout = new Lookout(LONG_LOOK_MS);
  #isScheduled = false;

  constructor(host: Collected) {
    this.#host = host;
  }

  /** Something was sent, or came: look in this turn of the event loop. */
  schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => this.#look());
  }

  #look(): void {
    this.#isScheduled = false;
    if (this.#host.collect()) this.schedule();
    else if (this.#isThereSoon()) {
      this.#host.collect();
      this.schedule();
    } else this.#sleep();
  }

  #isThereSoon(): boolean {
    const { workers, load } = this.#host.staff;
    const busy = [...workers].filter(isBusy);
    return busy.length > 0 && this.#lookout.look(() => busy.some(({ link }) => link.hasMessage), load.fits(busy.length) ? LONG_LOOK_MS : SHORT_LOOK_MS);
  }

  #sleep(): void {
    for (const worker of this.#host.staff.workers) {
      if (!isBusy(worker)) {
        // Its last results were seen when another one rang: a wait for more would keep the program alive.
        if (worker.isAwaited) worker.link.stopWaiting();
      } else if (!worker.isAwaited) void this.#await(worker);
    }
  }

  async #await(worker: WorkerHandle): Promise<void> {
    worker.isAwaited = true;
    const since = now();
    try {
      await worker.link.whenReady();
    } catch (error) {
      this.#host.collectingFailed(error);
      return;
    } finally {
      worker.isAwaited = false;
    }
    this.#lookout.slept(now() - since);
    if (worker.state !== 'ended') this.schedule();
  }
}

/** Whether something is to be expected of it that the program waits for. */
const isBusy = ({ state, count, link }: WorkerHandle): boolean => state !== 'ended' && (count > 0 || link.backlog > 0);
