/**
 * The workers of an engine: started, replaced when they end, given up when they cannot be started.
 *
 * A worker is a number that is handed down from process to process. One that ends before it is ready has not been started; after START_BUDGET of these in a row the engine is broken, instead of starting
 * processes for ever that fail for a reason that will not go away. Ctrl-C in a terminal reaches all processes, and only a worker that is up ignores it (entry/pool-worker.ts). It cannot be kept from them: Node begins by
 * setting every signal to what it does by default. So those that SIGINT ended are counted apart: all that one Ctrl-C can have reached as one, and INTERRUPT_BUDGET of these in a row break the engine.
 */
import { encodeApart, now, type Encoded } from '@manycore/core/internal';
import { msBetween, ticksAt } from './clock.js';
import { CrewLoad } from './crew-load.js';
import type { EngineOptions } from './engine-options.js';
import type { FunctionTable } from './function-table.js';
import { IdleWatch } from './idle-watch.js';
import { addWords, INIT, setWords } from './protocol.js';
import { startWorker } from './start-worker.js';
import { WorkerHandle } from './worker-handle.js';
import { WorkerStats } from './worker-stats.js';

const START_BUDGET = 3;
const INTERRUPT_BUDGET = 10;

export interface StaffHost {
  readonly functions: FunctionTable;
  /** A worker ended; `worker.child.end` says how. */
  workerEnded(worker: WorkerHandle): void;
}

export class Staff {
  /** Workers that have not ended, retiring ones included. */
  readonly workers = new Set<WorkerHandle>();
  readonly load = new CrewLoad();
  /** Whether all of those that there are always are due, and not only the first. */
  isWhole = false;
  /** By number, from 1 on. */
  readonly stats = new Map<number, WorkerStats>();
  readonly #options: EngineOptions;
  readonly #idleWatch: IdleWatch;
  readonly #host: StaffHost;
  readonly #startedAt: { readonly stack?: string };
  readonly #initializer: { readonly fn: number; readonly message: Encoded } | undefined;
  #failures = 0;
  #interrupts = 0;
  /** When the last of these was counted. */
  #interruptedAt = -Infinity;

  /** @throws TargetError, SerializationError for the initializer. */
  constructor(options: EngineOptions, host: StaffHost, startedAt: { readonly stack?: string }) {
    this.#options = options;
    this.#idleWatch = new IdleWatch(this, options.idleMs);
    this.#host = host;
    this.#startedAt = startedAt;
    const { initializer } = options;
    if (initializer === undefined) return;
    const fn = host.functions.numberOf(initializer.fn, `${options.label}({ initializer })`);
    const message = addWords(encodeApart(initializer.args, 'initArgs')).keep();
    setWords(message, 0, 0, INIT, fn, 0);
    this.#initializer = { fn, message };
  }

  /** Whether too many workers could not be started. */
  get isHopeless(): boolean {
    return this.#failures >= START_BUDGET || this.#interrupts >= INTERRUPT_BUDGET;
  }

  /** Whether there may be more workers than there are. */
  get hasVacancy(): boolean {
    return this.workers.size < this.#options.size;
  }

  /** Tasks that workers have. */
  get running(): number {
    let running = 0;
    for (const { count } of this.workers) running += count;
    return running;
  }

  /**
   * Starts what is missing: one for each task that has to wait, in the queue or behind another one, and those that there are always.
   * @param queued - tasks in the queue, or on their way to it.
   * @returns whether anything was missing.
   * @throws ProcessError, OutOfMemoryError; then some may be missing still.
   */
  fill(queued: number): boolean {
    const present = [...this.workers].filter(({ state }) => state !== 'leaving');
    // One that has nothing takes one of the queue.
    const wanted = present.reduce((sum, { count }) => sum + count, queued);
    const { size, minSize } = this.#options;
    const missing = Math.max(this.isWhole ? minSize : Math.min(1, minSize), Math.min(size, wanted)) - present.length;
    for (let id = 1, left = missing; left > 0; id++) {
      if (present.some((worker) => worker.id === id)) continue;
      this.#start(id);
      left--;
    }
    if (missing <= 0) return false;
    this.#idleWatch.begin();
    return true;
  }

  /** Whether there are more than there are always. */
  get hasSpare(): boolean {
    let usable = 0;
    for (const { isUsable } of this.workers) if (isUsable) usable++;
    return usable > this.#options.minSize;
  }

  /** Lets a worker go that has nothing to do, if it is to spare. */
  spare(worker: WorkerHandle): void {
    if (worker.count === 0 && this.hasSpare) this.retire(worker);
  }

  /** @param at - when it was; see clock.ts. */
  isReady(worker: WorkerHandle, at: number): void {
    this.#failures = 0;
    this.#interrupts = 0;
    worker.stats.startMs = msBetween(ticksAt(worker.startedAt), at);
  }

  /** It gets no more tasks, and ends when it has done those it has. */
  retire(worker: WorkerHandle): void {
    if (!worker.isUsable) return;
    worker.state = 'retiring';
    this.releaseIfDone(worker);
  }

  /** Tells a retiring worker that has nothing left to do. It has `graceMs` to end. */
  releaseIfDone(worker: WorkerHandle): void {
    if (worker.state !== 'retiring' || worker.count > 0) return;
    worker.state = 'leaving';
    worker.isDismissed = true;
    worker.link.close();
    setTimeout(() => this.stop(worker), this.#options.graceMs).unref();
  }

  /** Ends a worker, if need be by force. */
  stop(worker: WorkerHandle): void {
    worker.isDismissed = true;
    void worker.child.stop(this.#options.graceMs);
  }

  /** Has a worker killed at once. */
  kill(worker: WorkerHandle): void {
    worker.isDismissed = true;
    worker.child.signal('SIGKILL', false);
  }

  #start(id: number): void {
    const { workerName, method, settingsOf, maxMemory, nice } = this.#options;
    let stats = this.stats.get(id);
    if (stats === undefined) this.stats.set(id, (stats = new WorkerStats()));
    else stats.restarts++;
    let worker: WorkerHandle | undefined = undefined;
    // A standby may be ready before it is known here that it was taken.
    const startedAt = now();
    const started = startWorker({
      name: workerName(id),
      method,
      settings: settingsOf(id),
      setup: { id, maxMemory, nice, hasInitializer: this.#initializer !== undefined },
      startedAt: this.#startedAt,
      onEnd: () => worker !== undefined && this.#ended(worker),
    });
    worker = new WorkerHandle(id, started.child, started.link, started.board, started.ferry, this.#host.functions, stats, this.load, startedAt);
    this.workers.add(worker);
    if (this.#initializer === undefined) return;
    worker.define(this.#initializer.fn);
    worker.link.send(this.#initializer.message);
  }

  #ended(worker: WorkerHandle): void {
    if (!this.workers.delete(worker)) return;
    if (worker.state === 'starting') this.#countFailure(worker);
    worker.state = 'ended';
    this.#host.workerEnded(worker);
    if (this.workers.size === 0) this.#idleWatch.end();
  }

  #countFailure({ child, startedAt }: WorkerHandle): void {
    if (child.end?.signalCode !== 'SIGINT') this.#failures++;
    else if (startedAt >= this.#interruptedAt) {
      this.#interrupts++;
      this.#interruptedAt = now();
    }
  }
}
