/** When a client looks for results; nothing of this while it waits for none. */
import { now } from '@manycore/core/internal';
import { Lookout } from '@manycore/process/internal';
import type { Wire } from '../wire/wire.js';

/** Longer would hold up the event loop. */
const LOOK_MS = 0.04;

export interface Collected {
  /** Whether results are awaited, or messages wait for room. */
  readonly isWaiting: boolean;
  /** Takes what there is; whether there was anything. */
  collect(lookForDead: boolean): boolean;
  collectingFailed(error: unknown): void;
}

export class Collector {
  readonly #lookout = new Lookout(LOOK_MS);
  readonly #hasMessage = (): boolean => this.wire.hasMessage;
  #isScheduled = false;
  #isAsleep = false;

  constructor(
    readonly wire: Wire,
    readonly host: Collected,
  ) {}

  /** Something was sent: look in this turn of the event loop. */
  schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => this.#look());
  }

  #look(): void {
    this.#isScheduled = false;
    if (this.host.collect(false)) this.schedule();
    else if (!this.host.isWaiting) {
      // A wait would keep the program alive.
      if (this.#isAsleep) this.wire.stopWaiting();
    } else if (this.wire.isLocal && !this.#isAsleep && this.#lookout.look(this.#hasMessage, LOOK_MS)) {
      this.host.collect(false);
      this.schedule();
    } else if (!this.#isAsleep) void this.#sleep();
  }

  async #sleep(): Promise<void> {
    this.#isAsleep = true;
    const since = now();
    try {
      await this.wire.whenReady();
    } catch (error) {
      this.host.collectingFailed(error);
      return;
    } finally {
      this.#isAsleep = false;
    }
    this.#lookout.slept(now() - since);
    this.host.collect(true);
    this.schedule();
  }
}
