/** The numbers that `Pool.stats()` gives: counted as it works, put together when somebody asks. */
import { readFileSync } from 'node:fs';
import { native } from '@manycore/core/internal';
import { ticks } from './clock.js';
import type { Engine } from './engine.js';
import { LatencyHistogram } from './latency-histogram.js';
import type { Observer } from './observer.js';
import type { Task } from './task.js';
import type { WorkerHandle } from './worker-handle.js';

/** One worker of a pool: a number that is handed down from process to process. Sums are over all that have been this worker. */
export interface PoolWorkerStats {
  /** As `currentTask().workerId`, from 1 on. */
  readonly id: number;
  /** Of the process it is now, or that its thread is in; null between two. */
  readonly pid: number | null;
  /** Tasks that it has ended, well or not. */
  readonly tasks: number;
  /** Time in the functions of its tasks, in milliseconds. */
  readonly busyMs: number;
  /** Time that its tasks waited, each from its submission to its beginning, in milliseconds, summed. */
  readonly waitMs: number;
  /** How long the present process took from its start to the end of its initializer, in milliseconds; 0 until the first was ready. */
  readonly startMs: number;
  /** Time that this process spent on encoding inputs for it and decoding results of it, in milliseconds. */
  readonly serializeMs: number;
  /** How often it was replaced. */
  readonly restarts: number;
  /** Resident memory of its process in bytes, asked for now; of a thread, that of this process. 0 when there is no such process. */
  readonly rssBytes: number;
}

/** @see Pool.stats */
export interface PoolStats {
  /** In the order of their numbers. */
  readonly workers: readonly PoolWorkerStats[];
  /** Tasks that were submitted and have not begun, those that a worker was given ahead included. What a map or an `imap` has not made into tasks yet is not counted. */
  readonly queued: number;
  /** Tasks that have begun, those that were given up (timeout, signal) and still run included. */
  readonly running: number;
  /** Tasks that ended well, since the pool began. A chunk of a map is one task. */
  readonly done: number;
  /** Tasks that failed: they threw, were aborted, ran out of time, or were lost. */
  readonly failed: number;
  /** From the submission of a task to its outcome, over all since the pool began, in milliseconds: right to some 3 % and 10 µs; `max` is exact to 10 µs. All 0 before the first outcome. */
  readonly latencyMs: { readonly p50: number; readonly p90: number; readonly p99: number; readonly max: number };
}

export class Statistics implements Observer {
  readonly #engine: Engine;
  readonly #latency = new LatencyHistogram();

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  taskEnded(task: Task): void {
    this.#latency.add((ticks() - task.submittedAt) | 0);
  }

  read(): PoolStats {
    this.#engine.refill();
    const { staff, queue, ends } = this.#engine;
    const present = new Map<number, WorkerHandle>();
    let sent = 0;
    let running = 0;
    // The last one of a number is the one that takes tasks.
    for (const worker of staff.workers) {
      present.set(worker.id, worker);
      const tasks = worker.tasks();
      sent += tasks.length;
      for (const task of tasks) if (worker.hasBegun(task)) running++;
    }
    const workers = [...staff.stats].map(([id, { tasks, busyMs, waitMs, startMs, serializeMs, restarts }]): PoolWorkerStats => {
      const pid = present.get(id)?.child.pid ?? null;
      return { id, pid, tasks, busyMs, waitMs, startMs, serializeMs, restarts, rssBytes: pid === null ? 0 : residentBytes(pid) };
    });
    const { max } = this.#latency;
    const latencyMs = { p50: this.#latency.percentile(0.5), p90: this.#latency.percentile(0.9), p99: this.#latency.percentile(0.99), max };
    return { workers, queued: queue.size + sent - running, running, done: ends.done, failed: ends.failed, latencyMs };
  }
}

/** The second number of statm counts resident pages. */
function residentBytes(pid: number): number {
  let statm: string;
  try {
    statm = readFileSync(`/proc/${pid}/statm`, 'latin1');
  } catch {
    // It has just ended, or /proc is hidden.
    return 0;
  }
  return Number(statm.split(' ')[1]) * native().pageSize;
}
