/**
 * What a pool tells through `node:diagnostics_channel`, to whoever subscribes: monitors, loggers, tracers. Where nobody does, nothing is computed.
 *
 * | channel                 | message           | when                                                                              |
 * | ----------------------- | ----------------- | --------------------------------------------------------------------------------- |
 * | `manycore:task:queued`  | PoolTaskMessage   | it was submitted                                                                  |
 * | `manycore:task:started` | PoolTaskMessage   | it was given to a worker, which begins it at once, or, of short tasks, after some that it has already. Again when it is begun again, or taken back and given to another |
 * | `manycore:task:ended`   | PoolTaskMessage   | it ended well                                                                     |
 * | `manycore:task:failed`  | PoolTaskMessage   | it failed, for whatever reason, whether or not anybody looks at its result         |
 * | `manycore:worker:up`    | PoolWorkerMessage | it has run its initializer, if there is one                                       |
 * | `manycore:worker:down`  | PoolWorkerMessage | it has ended; also one that never came up                                         |
 */
import { channel } from 'node:diagnostics_channel';
import { msBetween, ticks } from './clock.js';
import type { Engine } from './engine.js';
import type { Observer } from './observer.js';
import type { TaskRun } from './outcome-reader.js';
import type { Task } from './task.js';
import type { WorkerHandle } from './worker-handle.js';

/**
 * A message of the channels `manycore:task:…`. What is not known (yet) is null.
 *
 * @example
 * diagnostics_channel.subscribe('manycore:task:failed', (message) => {
 *   const { functionName, error } = message as PoolTaskMessage;
 *   console.error(`${functionName}() failed:`, error);
 * });
 */
export interface PoolTaskMessage {
  /** `Pool`, or with its name `Pool 'render'`. */
  readonly pool: string;
  /** As `currentTask().id`. A chunk of a map is one task. */
  readonly taskId: number;
  readonly functionName: string;
  /** From 1 on. */
  readonly attempt: number;
  /** The worker that it was given to last. */
  readonly workerId: number | null;
  readonly pid: number | null;
  /** From the submission to the beginning, in milliseconds; of a task that its worker has ended. */
  readonly waitMs: number | null;
  /** Time in the function, in milliseconds; of a task that its worker has ended. */
  readonly runMs: number | null;
  /** From the submission to now, in milliseconds. */
  readonly totalMs: number;
  /** What it failed with; only of `manycore:task:failed`. */
  readonly error?: unknown;
}

/** A message of the channels `manycore:worker:…`. */
export interface PoolWorkerMessage {
  /** As in PoolTaskMessage. */
  readonly pool: string;
  /** From 1 on; handed down to the process that replaces this one. */
  readonly workerId: number;
  readonly pid: number;
  /** As `currentProcess().name` in it. */
  readonly name: string;
  /** From the start to the end of the initializer, in milliseconds; null of one that never came up. */
  readonly startMs: number | null;
  /** Tasks that this process was given. */
  readonly tasks: number;
  /** How it ended, as of a `Process`; null of one that is up. */
  readonly exitCode: number | null;
  readonly signal: string | null;
}

const QUEUED = channel('manycore:task:queued');
const STARTED = channel('manycore:task:started');
const ENDED = channel('manycore:task:ended');
const FAILED = channel('manycore:task:failed');
const UP = channel('manycore:worker:up');
const DOWN = channel('manycore:worker:down');

type TaskFacts = Pick<PoolTaskMessage, 'workerId' | 'pid' | 'waitMs' | 'runMs'>;
const NOTHING: TaskFacts = { workerId: null, pid: null, waitMs: null, runMs: null };

export class Publisher implements Observer {
  readonly #engine: Engine;
  /** What is no longer known of a task when its outcome is told. */
  readonly #facts = new WeakMap<Task, TaskFacts>();
  /** How long workers took to come up. */
  readonly #startMs = new WeakMap<WorkerHandle, number>();

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  taskQueued(task: Task): void {
    if (QUEUED.hasSubscribers) QUEUED.publish(this.#ofTask(task));
  }

  taskSent(task: Task, worker: WorkerHandle): void {
    if (!STARTED.hasSubscribers && !isOutcomeHeard()) return;
    this.#facts.set(task, { ...NOTHING, workerId: worker.id, pid: worker.child.pid });
    if (STARTED.hasSubscribers) STARTED.publish(this.#ofTask(task));
  }

  taskRan(task: Task, worker: WorkerHandle, { begunAt, duration }: TaskRun): void {
    if (!isOutcomeHeard()) return;
    this.#facts.set(task, { workerId: worker.id, pid: worker.child.pid, waitMs: Math.max(0, msBetween(task.submittedAt, begunAt)), runMs: duration });
  }

  taskEnded(task: Task, outcome: 'done' | 'failed', error?: unknown): void {
    if (outcome === 'done') {
      if (ENDED.hasSubscribers) ENDED.publish(this.#ofTask(task));
    } else if (FAILED.hasSubscribers) FAILED.publish({ ...this.#ofTask(task), error });
  }

  workerUp(worker: WorkerHandle): void {
    if (!UP.hasSubscribers && !DOWN.hasSubscribers) return;
    this.#startMs.set(worker, worker.stats.startMs);
    if (UP.hasSubscribers) UP.publish(this.#ofWorker(worker));
  }

  workerDown(worker: WorkerHandle): void {
    if (DOWN.hasSubscribers) DOWN.publish(this.#ofWorker(worker));
  }

  #ofTask(task: Task): PoolTaskMessage {
    const { functions, options } = this.#engine;
    const totalMs = Math.max(0, msBetween(task.submittedAt, ticks()));
    return { pool: options.label, taskId: task.id, functionName: functions.get(task.fn).name, attempt: task.attempt, ...(this.#facts.get(task) ?? NOTHING), totalMs };
  }

  #ofWorker(worker: WorkerHandle): PoolWorkerMessage {
    const { id, child, given } = worker;
    const { exitCode = null, signalCode = null } = child.end ?? {};
    return { pool: this.#engine.options.label, workerId: id, pid: child.pid, name: child.name, startMs: this.#startMs.get(worker) ?? null, tasks: given, exitCode, signal: signalCode };
  }
}

const isOutcomeHeard = (): boolean => ENDED.hasSubscribers || FAILED.hasSubscribers;
