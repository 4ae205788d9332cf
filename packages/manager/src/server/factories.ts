/** What makes the objects of the types of this package. For servers: a program that only has proxies does not load it. */
import type { Factory, OwnTypeOptions } from '../registry.js';
import { ManagedArray } from '../types/array.js';
import { BarrierReferent } from '../types/barrier.js';
import { ConditionReferent } from '../types/condition.js';
import { DATA_TYPES } from '../types/data-types.js';
import { ManagedDict } from '../types/dict.js';
import { EventReferent } from '../types/event.js';
import { JoinableQueueReferent } from '../types/joinable-queue.js';
import { ManagedList } from '../types/list.js';
import { LockReferent } from '../types/lock.js';
import { ManagedNamespace } from '../types/namespace.js';
import { PoolReferent } from '../types/pool.js';
import { QueueReferent } from '../types/queue.js';
import { RLockReferent } from '../types/rlock.js';
import { BoundedSemaphoreReferent, SemaphoreReferent } from '../types/semaphore.js';
import { ManagedSet } from '../types/set.js';
import { SYNC_TYPES } from '../types/sync-types.js';
import { ManagedValue } from '../types/value.js';

const FACTORIES = new Map<OwnTypeOptions, Factory>([
  [DATA_TYPES.dict, ManagedDict],
  [DATA_TYPES.list, ManagedList],
  [DATA_TYPES.set, ManagedSet],
  [DATA_TYPES.Namespace, ManagedNamespace],
  [DATA_TYPES.Value, ManagedValue],
  [DATA_TYPES.Array, ManagedArray],
  [SYNC_TYPES.Lock, LockReferent],
  [SYNC_TYPES.RLock, RLockReferent],
  [SYNC_TYPES.Semaphore, SemaphoreReferent],
  [SYNC_TYPES.BoundedSemaphore, BoundedSemaphoreReferent],
  [SYNC_TYPES.Condition, ConditionReferent],
  [SYNC_TYPES.Event, EventReferent],
  [SYNC_TYPES.Barrier, BarrierReferent],
  [SYNC_TYPES.Queue, QueueReferent],
  [SYNC_TYPES.JoinableQueue, JoinableQueueReferent],
  [SYNC_TYPES.Pool, PoolReferent],
]);

/** Of any type. Undefined: none was registered. */
export const factoryOf = (type: OwnTypeOptions): Factory | undefined => type.factory ?? FACTORIES.get(type);
