/**
 * What the workers of a pool did and when, as `Pool.timeline()` gives it: the trace format of Chrome, which Perfetto (ui.perfetto.dev), Chrome and Speedscope open. It is recorded always, which costs less than 0.1 µs a
 * task, and bounded: the last MOST_RUNS tasks, and the last MOST_LIVES processes that have ended.
 *
 * Times are the system's monotonic clock in microseconds: timelines of several pools and processes of one machine can be put together. The beginning of a task is known to 10 µs, so tasks that follow each other
 * closely are moved behind each other.
 */
import { now } from '@manycore/core/internal';
import { monotonicMs, msBetween, ticks } from './clock.js';
import type { Engine } from './engine.js';
import type { Observer } from './observer.js';
import type { TaskRun } from './outcome-reader.js';
import { RunRing } from './run-ring.js';
import type { Task } from './task.js';
import type { WorkerHandle } from './worker-handle.js';

/** Processes that have ended and are still drawn. */
const MOST_LIVES = 1000;
/** To read the clock costs more than everything else that is recorded of a task: what is so near to the last reading is counted from there. */
const READING_MS = 1000;
/** Shorter gaps between tasks are not drawn as idle. */
const IDLE_MS = 0.1;

/** An event of a Chrome trace: `X` is something that took time, `M` the name of a process or thread. */
export interface TraceEvent {
  readonly ph: 'X' | 'M';
  /** The function's name, `start`, or `idle`. */
  readonly name: string;
  /** `task` or `worker`; only of `X`. */
  readonly cat?: string;
  /** When it began and how long it took, in microseconds; only of `X`. */
  readonly ts?: number;
  readonly dur?: number;
  /** Of the worker's process. */
  readonly pid: number;
  /** The number of the worker. */
  readonly tid: number;
  /** Of a task: `{ taskId }`. Of an `M`: `{ name }` or `{ sort_index }`. */
  readonly args?: Readonly<Record<string, unknown>>;
}

/** @see Pool.timeline */
export interface Timeline {
  readonly traceEvents: readonly TraceEvent[];
  readonly displayTimeUnit: 'ms';
}

/** One process, or thread, from its start to its end; times of this thread's `performance.now()`. */
interface Life {
  readonly number: number;
  readonly workerId: number;
  readonly pid: number;
  readonly name: string;
  readonly startedAt: number;
  readyAt: number | undefined;
  endedAt: number | undefined;
}

export class Recorder implements Observer {
  readonly #engine: Engine;
  readonly #ring = new RunRing();
  readonly #present = new Map<WorkerHandle, Life>();
  readonly #lives = new Map<number, Life>();
  readonly #ended: Life[] = [];
  #lastLife = 0;
  /** The last reading of both clocks. */
  #readMs = now();
  #readTicks = ticks();

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  workerUp(worker: WorkerHandle): void {
    this.#lifeOf(worker).readyAt = worker.startedAt + worker.stats.startMs;
  }

  taskRan(task: Task, worker: WorkerHandle, { begunAt, duration }: TaskRun): void {
    this.#ring.add(this.#msOf(begunAt), duration, this.#lifeOf(worker).number, task.fn, task.id);
  }

  workerDown(worker: WorkerHandle): void {
    const life = this.#lifeOf(worker);
    life.endedAt = now();
    this.#present.delete(worker);
    this.#ended.push(life);
    if (this.#ended.length > MOST_LIVES) this.#lives.delete(this.#ended.shift()!.number);
  }

  draw(): Timeline {
    // Those that are not up yet are drawn, too.
    for (const worker of this.#engine.staff.workers) this.#lifeOf(worker);
    const events = [...this.#lives.values()].flatMap(names);
    const cursors = new Map<Life, number>();
    for (const life of this.#lives.values()) {
      const end = life.readyAt ?? life.endedAt ?? now();
      events.push(span(life, 'start', 'worker', life.startedAt, end));
      cursors.set(life, end);
    }
    for (const { startMs, durationMs, life: number, fn, taskId } of this.#ring) {
      const life = this.#lives.get(number);
      if (life === undefined) continue;
      const before = cursors.get(life)!;
      const start = Math.max(startMs, before);
      if (start - before >= IDLE_MS) events.push(span(life, 'idle', 'worker', before, start));
      events.push(span(life, this.#engine.functions.get(fn).name, 'task', start, start + durationMs, { taskId }));
      cursors.set(life, start + durationMs);
    }
    this.#drawRest(events, cursors);
    return { traceEvents: events, displayTimeUnit: 'ms' };
  }

  #msOf(moment: number): number {
    if (Math.abs(msBetween(this.#readTicks, moment)) > READING_MS) {
      this.#readMs = now();
      this.#readTicks = ticks();
    }
    return this.#readMs + msBetween(this.#readTicks, moment);
  }

  /** Idle until now are those that are up and have nothing to do. */
  #drawRest(events: TraceEvent[], cursors: Map<Life, number>): void {
    const end = now();
    for (const [worker, life] of this.#present) {
      const before = cursors.get(life)!;
      if (worker.isIdle && end - before >= IDLE_MS) events.push(span(life, 'idle', 'worker', before, end));
    }
  }

  #lifeOf(worker: WorkerHandle): Life {
    let life = this.#present.get(worker);
    if (life !== undefined) return life;
    const { id, child, startedAt } = worker;
    life = { number: ++this.#lastLife, workerId: id, pid: child.pid, name: child.name, startedAt, readyAt: undefined, endedAt: undefined };
    this.#present.set(worker, life);
    this.#lives.set(life.number, life);
    return life;
  }
}

function names({ pid, workerId, name }: Life): TraceEvent[] {
  const meta = (kind: string, args: Record<string, unknown>): TraceEvent => ({ ph: 'M', name: kind, pid, tid: workerId, args });
  // Threads share a process, which has no name of ours.
  const ofProcess = pid === process.pid ? [] : [meta('process_name', { name }), meta('process_sort_index', { sort_index: workerId })];
  return [...ofProcess, meta('thread_name', { name }), meta('thread_sort_index', { sort_index: workerId })];
}

function span({ pid, workerId }: Life, name: string, cat: string, from: number, to: number, args?: Record<string, unknown>): TraceEvent {
  return { ph: 'X', name, cat, ts: micros(monotonicMs(from)), dur: micros(Math.max(0, to - from)), pid, tid: workerId, ...(args === undefined ? {} : { args }) };
}

/** Nanoseconds are kept, noise behind them is not. */
const micros = (ms: number): number => Math.round(ms * 1e6) / 1e3;
