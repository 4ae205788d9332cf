/** What `inspect()` of a queue tells. */
import type { LockGraphWaiter } from '@manycore/core';
import { AT_NOT_EMPTY, AT_NOT_FULL, type QueueCore } from './queue-core.js';

/** What `inspect` of a queue found. */
export interface QueueInspection {
  /** How many items wait. */
  readonly size: number;
  /** 0: no limit. */
  readonly maxSize: number;
  readonly isShutDown: boolean;
  /** Who waits for an item. */
  readonly getters: readonly LockGraphWaiter[];
  /** Who waits for room. */
  readonly putters: readonly LockGraphWaiter[];
  /** Of a `JoinableQueue`: items that were put and not marked as done. */
  readonly unfinished?: number;
}

export function inspectQueue(core: QueueCore): QueueInspection {
  const { size, maxSize, isShutDown } = core;
  return { size, maxSize, isShutDown, getters: core.waitersAt(AT_NOT_EMPTY.at), putters: core.waitersAt(AT_NOT_FULL.at) };
}
