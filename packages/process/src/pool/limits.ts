/** What ends a task from outside: its time, its signal, and, when it does not go by itself then, the end of its worker. */
import { msBetween, ticks } from './clock.js';
import { onceAborted } from './shared-signal.js';
import type { Task } from './task.js';

/** What the engine does about it. */
export interface TaskKeeper {
  /** The task has run out of time. */
  expire(task: Task): void;
  abort(task: Task, reason: unknown): void;
}

/** The longest delay that a Node timer takes. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** Watches the signal of a task, until `unwatch`. An aborted one is the caller's business. */
export function watchSignal(task: Task, keeper: TaskKeeper): void {
  const { signal } = task.options;
  if (signal === undefined) return;
  task.unwatch = onceAborted(signal, () => keeper.abort(task, signal.reason));
}

/**
 * Watches the time of a task that was sent. It counts from the beginning of the run, which the worker writes into its board: when the timer fires before the time is up, or the task waits behind another, it
 * is set again.
 */
export function watchTime(task: Task, keeper: TaskKeeper): void {
  const { timeout } = task.options;
  if (timeout === Infinity) return;
  const set = (ms: number): void => {
    task.timer = setTimeout(look, Math.min(ms, MAX_TIMER_MS));
    // The wait for the result keeps the event loop alive.
    task.timer.unref();
  };
  const look = (): void => {
    const { worker } = task;
    if (worker === undefined) return;
    const left = worker.hasBegun(task) ? timeout - msBetween(worker.board.begunAt(task.cell), ticks()) : timeout;
    if (left > 0) set(left);
    else keeper.expire(task);
  };
  set(timeout);
}

/** The task is over, or elsewhere. */
export function unwatchTime(task: Task): void {
  clearTimeout(task.timer);
  task.timer = undefined;
}

export function unwatch(task: Task): void {
  unwatchTime(task);
  task.unwatch?.();
  task.unwatch = undefined;
}
