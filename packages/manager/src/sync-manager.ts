import type { PoolOptions } from '@manycore/process';
import type { JoinableQueueOptions } from '@manycore/queues';
import type { InputOf, Typecode } from '@manycore/shared';
import type { BarrierOptions, SemaphoreOptions } from '@manycore/sync';
import { BaseManager } from './base-manager.js';
import type { Create } from './create.js';
import { addOwnClass } from './server/own-classes.js';
import { DATA_TYPES } from './types/data-types.js';
import { SYNC_TYPES } from './types/sync-types.js';
import type { ArrayProxy } from './types/array-proxy.js';
import type { BarrierProxy } from './types/barrier-proxy.js';
import type { ConditionProxy } from './types/condition-proxy.js';
import type { DictEntries } from './types/dict-entries.js';
import type { DictProxy } from './types/dict-proxy.js';
import type { EventProxy } from './types/event-proxy.js';
import type { ExclusionOptions } from './types/exclusion.js';
import type { JoinableQueueProxy } from './types/joinable-queue-proxy.js';
import type { ListProxy } from './types/list-proxy.js';
import type { LockProxy } from './types/lock-proxy.js';
import type { NamespaceProxy } from './types/namespace-proxy.js';
import type { PoolProxy } from './types/pool-proxy.js';
import type { QueueProxy } from './types/queue-proxy.js';
import type { RLockProxy } from './types/rlock-proxy.js';
import type { Key } from './types/same-value.js';
import type { BoundedSemaphoreProxy, SemaphoreProxy } from './types/semaphore-proxy.js';
import type { SetProxy } from './types/set-proxy.js';
import type { ValueProxy } from './types/value-proxy.js';

/**
 * A manager with the types of Python's: each method makes an object in the server, and resolves with a proxy of it.
 *
 * @see Python `multiprocessing.managers.SyncManager`.
 */
export class SyncManager extends BaseManager {
  /** A dict, filled from a Map, an array of entries or an object. */
  declare readonly dict: <K = Key, V = unknown>(source?: DictEntries<K, V>) => Promise<DictProxy<K, V>>;
  /** A list, filled from an array. */
  declare readonly list: <T = unknown>(items?: readonly T[]) => Promise<ListProxy<T>>;
  /** A set, filled from an array or a Set. Python: 3.14. */
  declare readonly set: <T = Key>(members?: readonly T[] | ReadonlySet<T>) => Promise<SetProxy<T>>;
  /** Names with values. */
  declare readonly Namespace: (values?: Readonly<Record<string, unknown>>) => Promise<NamespaceProxy>;
  /** A value with a typecode. */
  declare readonly Value: <C extends Typecode>(typecode: C, init?: InputOf<C>) => Promise<ValueProxy<C>>;
  /** Elements with a typecode: so many zeros, or those of an array. */
  declare readonly Array: <C extends Typecode>(typecode: C, sizeOrElements: number | readonly InputOf<C>[]) => Promise<ArrayProxy<C>>;
  /** A lock. With `{ onAbandoned: 'error' }`, acquiring it throws after its holder died, until `recover()`. */
  declare readonly Lock: Create<[options?: ExclusionOptions], LockProxy>;
  /** A lock that its owner may acquire again. */
  declare readonly RLock: Create<[options?: ExclusionOptions], RLockProxy>;
  /** A counter of permits, 1 by default. With `{ robust: true }` those of a client that dies come back. */
  declare readonly Semaphore: Create<[value?: number, options?: SemaphoreOptions], SemaphoreProxy>;
  /** A semaphore that never has more permits than at first. */
  declare readonly BoundedSemaphore: Create<[value?: number, options?: SemaphoreOptions], BoundedSemaphoreProxy>;
  /** A place to wait, with a lock of this manager; default: an RLock of its own. */
  declare readonly Condition: Create<[lock?: LockProxy | RLockProxy], ConditionProxy>;
  /** A flag. */
  declare readonly Event: Create<[], EventProxy>;
  /** A meeting of so many parties. The action runs in the server. */
  declare readonly Barrier: Create<[parties: number, options?: BarrierOptions], BarrierProxy>;
  /** A queue; at most `maxSize` items wait, 0: any number. */
  declare readonly Queue: <T = unknown>(maxSize?: number) => Promise<QueueProxy<T>>;
  /** A queue that knows which of its items are done. With `{ redeliver: true }`, those that a client had when it died are gotten by others. */
  declare readonly JoinableQueue: <T = unknown>(maxSize?: number, options?: JoinableQueueOptions) => Promise<JoinableQueueProxy<T>>;
  /** Worker processes of the server: so many, or one for each CPU. */
  declare readonly Pool: Create<[processes?: number, options?: PoolOptions], PoolProxy>;
}
addOwnClass('SyncManager', SyncManager);
for (const [typeid, options] of Object.entries({ ...DATA_TYPES, ...SYNC_TYPES })) SyncManager.addType(typeid, options);
