/** What a task can know of itself, in the worker that runs it. */
import { CancelledError } from '@manycore/core';

/** @see currentTask */
export interface CurrentTask {
  /** Unique in the process that has the pool. */
  readonly id: number;
  /** From 1 on: more than 1 when a worker died with the task, and it had `retries`. */
  readonly attempt: number;
  /** Number of the worker in its pool, from 1 on; a worker that is replaced hands its number down. */
  readonly workerId: number;
  /**
   * Aborted when the task should end: its time is up, or its caller has aborted it. What the task does then matters to nobody, but when it goes on for `graceMs` of the pool, its worker is killed. A function
   * that never returns to the event loop is not told in time.
   */
  readonly signal: AbortSignal;
  /**
   * Sends a value to the `onProgress` of the caller. Does not block.
   * @throws SerializationError; InvalidStateError once the task has ended.
   */
  reportProgress(value: unknown): void;
}

/** The task that runs in this worker, as its loop knows it. */
export class RunningTask implements CurrentTask {
  #controller: AbortController | undefined;
  #isCancelled = false;

  constructor(
    readonly id: number,
    readonly attempt: number,
    readonly workerId: number,
    readonly cell: number,
    readonly sequence: number,
    private readonly report: (task: RunningTask, value: unknown) => void,
  ) {}

  get signal(): AbortSignal {
    // Most tasks never ask, and an AbortController costs more than they do.
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#isCancelled) this.#abort();
    }
    return this.#controller.signal;
  }

  cancel(): void {
    if (this.#isCancelled) return;
    this.#isCancelled = true;
    this.#abort();
  }

  reportProgress(value: unknown): void {
    this.report(this, value);
  }

  #abort(): void {
    this.#controller?.abort(new CancelledError(`Task ${this.id} was cancelled by its caller, or its time is up.`));
  }
}

// Kept where every copy of this package finds it: the worker's and the user's may be two.
const KEY = Symbol.for('manycore.pool.current-task@1');
const shelf = globalThis as { [KEY]?: RunningTask | undefined };

export function setCurrentTask(task: RunningTask | undefined): void {
  shelf[KEY] = task;
}

/**
 * The task of a pool or executor that this worker runs at present; undefined outside of one. A worker runs one task at a time, so this is right in everything that the task calls and awaits; what it left behind
 * unawaited sees the next one.
 */
export function currentTask(): CurrentTask | undefined {
  return shelf[KEY];
}
