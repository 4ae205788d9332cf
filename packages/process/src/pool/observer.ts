/** What can be seen of an engine at work, by those who count, draw or publish it. Nothing is done where nobody looks. */
import type { TaskRun } from './outcome-reader.js';
import type { Task } from './task.js';
import type { WorkerHandle } from './worker-handle.js';

export interface Observer {
  taskQueued?(task: Task): void;
  /** Given to a worker; it begins at once or when that has done what it has. */
  taskSent?(task: Task, worker: WorkerHandle): void;
  /** The worker has ended it. `run` is valid during the call. */
  taskRan?(task: Task, worker: WorkerHandle, run: TaskRun): void;
  /** Its outcome was told to the caller; `error` only when it failed. */
  taskEnded?(task: Task, outcome: 'done' | 'failed', error?: unknown): void;
  workerUp?(worker: WorkerHandle): void;
  workerDown?(worker: WorkerHandle): void;
}

/** Calls each of several. */
export class Observers implements Required<Observer> {
  readonly #all: Observer[] = [];

  add(observer: Observer): void {
    this.#all.push(observer);
  }

  taskQueued(task: Task): void {
    for (const observer of this.#all) observer.taskQueued?.(task);
  }

  taskSent(task: Task, worker: WorkerHandle): void {
    for (const observer of this.#all) observer.taskSent?.(task, worker);
  }

  taskRan(task: Task, worker: WorkerHandle, run: TaskRun): void {
    for (const observer of this.#all) observer.taskRan?.(task, worker, run);
  }

  taskEnded(task: Task, outcome: 'done' | 'failed', error?: unknown): void {
    for (const observer of this.#all) observer.taskEnded?.(task, outcome, error);
  }

  workerUp(worker: WorkerHandle): void {
    for (const observer of this.#all) observer.workerUp?.(worker);
  }

  workerDown(worker: WorkerHandle): void {
    for (const observer of this.#all) observer.workerDown?.(worker);
  }
}
