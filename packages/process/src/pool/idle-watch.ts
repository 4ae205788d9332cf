/** Lets workers go that have had nothing to do for a while. It looks some times in that while, so that nothing has to be noted for each task; and it looks only as long as there is somebody to let go. */
import type { WorkerHandle } from './worker-handle.js';

/** A worker goes between `idleMs` and a quarter more after its last task. */
const LOOKS = 4;

export interface IdleWatched {
  readonly workers: ReadonlySet<WorkerHandle>;
  /** Whether there are more workers than there must be. */
  readonly hasSpare: boolean;
  /** Lets a worker go, if it may. */
  spare(worker: WorkerHandle): void;
}

interface Seen {
  /** Tasks that it had been given. */
  given: number;
  /** Looks since then. */
  looks: number;
}

export class IdleWatch {
  readonly #seen = new WeakMap<WorkerHandle, Seen>();
  #timer: NodeJS.Timeout | undefined;

  /** @param idleMs - Infinity: it never looks. */
  constructor(
    private readonly staff: IdleWatched,
    private readonly idleMs: number,
  ) {}

  /** Workers were started. */
  begin(): void {
    if (this.idleMs === Infinity || this.#timer !== undefined) return;
    this.#timer = setInterval(() => this.#look(), Math.max(1, this.idleMs / LOOKS));
    this.#timer.unref();
  }

  end(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #look(): void {
    for (const worker of [...this.staff.workers]) {
      const { given, count } = worker;
      const seen = this.#seen.get(worker);
      if (seen === undefined || seen.given !== given || count > 0) this.#seen.set(worker, { given, looks: 0 });
      else if (++seen.looks >= LOOKS) this.staff.spare(worker);
    }
    if (!this.staff.hasSpare) this.end();
  }
}
