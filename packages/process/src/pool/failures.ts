/** The errors by which an engine fails tasks: each task gets one of its own. */
import { CancelledError, ManycoreError } from '@manycore/core';
import { BrokenProcessPoolError, BrokenThreadPoolError, TaskTimeoutError, WorkerLostError, type BrokenExecutorError, type TaskInfo } from './errors.js';
import type { EngineOptions } from './engine-options.js';
import type { WorkerHandle } from './worker-handle.js';

const LOST = 'the task is lost. Other tasks go on; use { retries } for tasks that may be begun again.';

/** @param consequence - what the death of the worker means. */
export function workerLost(worker: WorkerHandle, task: TaskInfo, consequence = LOST): WorkerLostError {
  const { id: workerId, child } = worker;
  const { exitCode = null, signalCode = null } = child.end ?? {};
  const cause = child.error;
  const message =
    `${child.name} (pid ${child.pid}) ${describeEnd(worker)} while it ran ${task.name}()${task.attempt > 1 ? ` (attempt ${task.attempt})` : ''}: ${consequence}`;
  return new WorkerLostError(message, { task, workerId, workerName: child.name, pid: child.pid, exitCode, signal: signalCode, ...(cause === null ? {} : { cause }) });
}

/** Why a worker's end is everybody's. @param task - the one that it was at. */
export function fatalDeath(worker: WorkerHandle, task: TaskInfo | undefined): ManycoreError {
  if (task !== undefined) return workerLost(worker, task, "and { onWorkerLost: 'break' } makes that the end of all.");
  const { name, pid, error } = worker.child;
  return new ManycoreError(`${name} (pid ${pid}) ${describeEnd(worker)} without having a task.`, error === null ? {} : { cause: error });
}

/** What is known of a worker that ended before it was ready. */
export const startFailed = (worker: WorkerHandle): Error =>
  worker.child.error ?? new ManycoreError(`${worker.child.name} (pid ${worker.child.pid}) ended before it was ready: ${describeEnd(worker)}.`);

export function timeUp(worker: WorkerHandle, task: TaskInfo, timeout: number): TaskTimeoutError {
  const { name, pid } = worker.child;
  const message = `${task.name}() ran longer than its timeout of ${timeout} ms in ${name} (pid ${pid}).`;
  return new TaskTimeoutError(message, { task, workerId: worker.id, workerName: name, pid, exitCode: null, signal: null });
}

export function broken({ label, method }: EngineOptions, cause: unknown): BrokenExecutorError {
  const why = cause instanceof Error ? cause.message : String(cause);
  const message = `The ${label} is broken: ${why}${/[.!?]$/.test(why) ? '' : '.'} Nothing can be run in it any more; make a new one.`;
  return method === 'thread' ? new BrokenThreadPoolError(message, { cause }) : new BrokenProcessPoolError(message, { cause });
}

export const cancelled = ({ label }: EngineOptions, isInterrupted: boolean): CancelledError =>
  new CancelledError(`The ${label} was ${isInterrupted ? 'interrupted (SIGINT)' : 'terminated'} before this task was done.`);

function describeEnd({ child: { end } }: WorkerHandle): string {
  if (end === undefined) return 'ended';
  return end.signalCode === null ? `exited with code ${end.exitCode}` : `was ended by ${end.signalCode}`;
}
