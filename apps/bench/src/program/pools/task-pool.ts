import type { PoolWork } from '../../scenario/pool-work.js';

/** What the workers of every contender can do; see `tasks.ts`. */
export type TaskName = 'addOne' | 'echo' | 'echoMoved' | 'pid';

/** A pool as the pool rows use it. */
export interface TaskPool {
  run(task: TaskName, value: unknown): PromiseLike<unknown>;
  /** `echoMoved` of bytes whose memory goes to the worker and comes back. Absent where a pool cannot do that. */
  move?(bytes: Uint8Array<ArrayBuffer>): PromiseLike<unknown>;
  /** `addOne` of all of them. Absent where a pool has no map of its own: then every value is a task. */
  map?(values: readonly number[], chunkSize: number | undefined): PromiseLike<readonly unknown[]>;
  /** Ends the workers. */
  close(): PromiseLike<unknown>;
}

/**
 * Makes a pool with as many workers as the work says.
 * @param variant - for contenders with more than one: which.
 */
export type OpenPool = (work: PoolWork, variant: string | undefined) => TaskPool;
