import type { InputOf, Typecode } from '@manycore/shared';
import { BaseManager } from './base-manager.js';
import { addOwnClass } from './server/own-classes.js';
import { DATA_TYPES } from './types/data-types.js';
import type { ArrayProxy } from './types/array-proxy.js';
import type { DictEntries } from './types/dict.js';
import type { DictProxy } from './types/dict-proxy.js';
import type { ListProxy } from './types/list-proxy.js';
import type { NamespaceProxy } from './types/namespace-proxy.js';
import type { Key } from './types/same-value.js';
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
  // Locks, events, queues and pools: add their lines here.
}
addOwnClass('SyncManager', SyncManager);
for (const [typeid, options] of Object.entries(DATA_TYPES)) SyncManager.addType(typeid, options);
