/**
 * The start of the workers of an engine: the first one boots alone for a moment, unless tasks need more; and whoever comes up is noticed, also while the engine has nothing to do. Then it does not wait for its workers' doorbell,
 * because a wait would keep the program alive; but it looks now and then, as long as one of them is on its way.
 */
import type { Collector } from './collector.js';
import type { WorkerHandle } from './worker-handle.js';

/** How long the first worker boots alone: longer than it takes to give a result, where nothing else needs the CPUs. */
const ALONE_MS = 100;
/** Until the first look; each pause is twice as long as the one before. An initializer may take minutes. */
const FIRST_LOOK_MS = 50;
const MOST_MS = 1000;

export interface CrewStarted {
  readonly staff: { readonly workers: ReadonlySet<Pick<WorkerHandle, 'state'>> };
  /** Starts what is missing. */
  refill(): void;
}

export class CrewStart {
  #timer: NodeJS.Timeout | undefined;

  /** The first one was started. */
  constructor(
    private readonly engine: CrewStarted,
    private readonly collector: Pick<Collector, 'schedule'>,
  ) {
    setTimeout(() => engine.refill(), ALONE_MS).unref();
    this.watch();
  }

  /** More workers were started. */
  watch(): void {
    clearTimeout(this.#timer);
    this.#lookIn(FIRST_LOOK_MS);
  }

  #lookIn(ms: number): void {
    this.#timer = setTimeout(() => {
      if (!this.#isOneStarting) return;
      // Not past the collector: its wait for what was taken here would keep the program alive for ever.
      this.collector.schedule();
      this.#lookIn(Math.min(ms * 2, MOST_MS));
    }, ms).unref();
  }

  get #isOneStarting(): boolean {
    for (const { state } of this.engine.staff.workers) if (state === 'starting') return true;
    return false;
  }
}
