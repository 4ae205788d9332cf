/** How tasks end: each tells its listener once, whatever else comes. */
import type { TaskInfo } from './errors.js';
import { timeUp } from './failures.js';
import type { FunctionTable } from './function-table.js';
import { unwatch, type TaskKeeper } from './limits.js';
import type { Observer } from './observer.js';
import type { MixedResults } from './protocol.js';
import type { TaskQueue } from './task-queue.js';
import type { Task } from './task.js';
import type { WorkerHandle } from './worker-handle.js';

/** What of the engine it needs. */
export interface TaskEndsHost {
  readonly queue: TaskQueue;
  readonly functions: FunctionTable;
  readonly observers: Required<Observer>;
  readonly options: { readonly graceMs: number };
  /** A task that waited, or was ahead, is none any more. */
  taskDropped(): void;
  /** Ends by force a worker whose task does not end. */
  killWorker(worker: WorkerHandle, task: Task): void;
}

export class TaskEnds implements TaskKeeper {
  done = 0;
  failed = 0;

  constructor(private readonly host: TaskEndsHost) {}

  succeed(task: Task, value: unknown): void {
    if (this.#isWanted(task)) task.listener.done(value, task);
  }

  succeedMixed(task: Task, value: MixedResults): void {
    if (this.#isWanted(task)) task.listener.mixed(value, task);
  }

  fail(task: Task, error: unknown): void {
    task.state = 'ended';
    unwatch(task);
    if (!task.isTold) this.#tellFailure(task, error);
  }

  /** Fails a task that has not begun, and was taken from where it waited. */
  drop(task: Task, error: unknown): void {
    task.state = 'ended';
    unwatch(task);
    if (!task.isTold) this.#tellFailure(task, error, task.listener.dropped !== undefined);
  }

  /** Gives up a task that has not begun; false when it has, or is over. */
  cancel(task: Task, error: unknown): boolean {
    if (task.state === 'queued') this.host.queue.forget(task);
    else if (task.state !== 'sent' || task.worker?.revoke(task) !== true) return false;
    this.drop(task, error);
    this.host.taskDropped();
    return true;
  }

  abort(task: Task, reason: unknown): void {
    if (task.state === 'queued') this.host.queue.forget(task);
    else if (task.state === 'sent' && task.worker?.revoke(task) === false) {
      this.#giveUp(task, reason);
      return;
    }
    this.fail(task, reason);
    this.host.taskDropped();
  }

  expire(task: Task): void {
    this.#giveUp(task, timeUp(task.worker!, this.infoOf(task), task.options.timeout));
  }

  infoOf({ id, fn, attempt }: Task): TaskInfo {
    return { id, name: this.host.functions.get(fn).name, attempt };
  }

  /** Tells the caller now, asks the task to end, and ends its worker when it does not. */
  #giveUp(task: Task, error: unknown): void {
    const worker = task.worker!;
    unwatch(task);
    worker.board.cancel(task.cell, task.sequence);
    const { sequence } = task;
    setTimeout(() => {
      if (worker.taskAt(task.cell, sequence) === task) this.host.killWorker(worker, task);
    }, this.host.options.graceMs).unref();
    this.#tellFailure(task, error);
  }

  /** Whether its outcome was not told before. */
  #isWanted(task: Task): boolean {
    task.state = 'ended';
    if (task.isTold) return false;
    this.done++;
    this.host.observers.taskEnded(task, 'done');
    return (task.isTold = true);
  }

  #tellFailure(task: Task, error: unknown, isDropped = false): void {
    this.failed++;
    task.isTold = true;
    this.host.observers.taskEnded(task, 'failed', error);
    if (isDropped) task.listener.dropped!(error, task);
    else task.listener.failed(error, task);
  }
}
