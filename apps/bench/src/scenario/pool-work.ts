import type { Work } from './work.js';

/**
 * What is done with a pool.
 *
 * | step | one operation |
 * |---|---|
 * | `map` | one item of a map of `mapSize` items; one map after the other |
 * | `tasks` | one task, of which `inFlight` are under way at a time |
 * | `bytes` | 1 MiB there and back, copied where the pool copies |
 * | `moved` | the same, and the memory itself changes hands both ways |
 * | `first` | a new pool and the result of its first task |
 * | `memory` | one worker that has done a task and rests |
 */
export type PoolStep = 'map' | 'tasks' | 'bytes' | 'moved' | 'first' | 'memory';

/** What the workers are. */
export type PoolKind = 'process' | 'thread';

export interface PoolWork extends Work {
  readonly step: PoolStep;
  readonly kind: PoolKind;
  /** The work is given to an executor, by those who have such a thing; the others do the same with their pool. */
  readonly isExecutor: boolean;
  readonly workers: number;
  /** Tasks under way at a time. */
  readonly inFlight: number;
  /** Items of a map; all of them when absent. */
  readonly mapSize?: number;
  /** Items of a map that a worker is given at a time; the pool's own choice when absent. */
  readonly chunkSize?: number;
}

/** The work of a pool row; undefined for any other. */
export function poolWork(work: Work): PoolWork | undefined {
  return 'step' in work && 'kind' in work ? (work as PoolWork) : undefined;
}
