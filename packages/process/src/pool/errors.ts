import { ManycoreError } from '@manycore/core';
import { defineError, type ManycoreErrorOptions } from '@manycore/core/internal';

/** The task that an error of a pool is about. */
export interface TaskInfo {
  /** As `currentTask().id`. */
  readonly id: number;
  /** The function's name. */
  readonly name: string;
  /** From 1 on. */
  readonly attempt: number;
}

/** The worker it was with, and how that ended; what is not known is null. */
interface TaskFacts {
  readonly task: TaskInfo;
  /** As `currentTask().workerId`, `id` in `stats()` and `tid` in `timeline()`: it stays when another process takes over. */
  readonly workerId: number;
  /** Of its process or thread, as in `timeline()`: `PoolWorker-1`. */
  readonly workerName: string;
  readonly pid: number | null;
  readonly exitCode: number | null;
  readonly signal: string | null;
}

class TaskError extends ManycoreError implements TaskFacts {
  declare readonly task: TaskInfo;
  declare readonly workerId: number;
  declare readonly workerName: string;
  declare readonly pid: number | null;
  declare readonly exitCode: number | null;
  declare readonly signal: string | null;

  constructor(message: string, { task, workerId, workerName, pid, exitCode, signal, ...options }: ManycoreErrorOptions & TaskFacts) {
    super(message, options);
    Object.assign(this, { task, workerId, workerName, pid, exitCode, signal });
  }
}

/** The worker that a task was with ended: it was killed, left by `process.exit()`, or failed by an error outside of the task. Other tasks are not concerned. */
export class WorkerLostError extends TaskError {}
defineError(WorkerLostError, 'WorkerLostError', 'ERR_MANYCORE_WORKER_LOST');

/** A task ran longer than its `timeout`. */
export class TaskTimeoutError extends TaskError {}
defineError(TaskTimeoutError, 'TaskTimeoutError', 'ERR_MANYCORE_TASK_TIMEOUT');

/** A pool or executor that can run nothing any more: its initializer failed, or its workers cannot be started. The `cause` says why. */
export class BrokenExecutorError extends ManycoreError {}
defineError(BrokenExecutorError, 'BrokenExecutorError', 'ERR_MANYCORE_BROKEN_EXECUTOR');

export class BrokenProcessPoolError extends BrokenExecutorError {}
defineError(BrokenProcessPoolError, 'BrokenProcessPoolError', 'ERR_MANYCORE_BROKEN_PROCESS_POOL');

export class BrokenThreadPoolError extends BrokenExecutorError {}
defineError(BrokenThreadPoolError, 'BrokenThreadPoolError', 'ERR_MANYCORE_BROKEN_THREAD_POOL');
