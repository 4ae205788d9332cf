/** The types that only hold data. */
import type { OwnTypeOptions } from '../registry.js';
import { ManagedArray } from './array.js';
import { ArrayProxy } from './array-proxy.js';
import { ManagedDict } from './dict.js';
import { DictProxy } from './dict-proxy.js';
import { ManagedList } from './list.js';
import { ListProxy } from './list-proxy.js';
import { ManagedNamespace } from './namespace.js';
import { NamespaceProxy } from './namespace-proxy.js';
import { ManagedSet } from './set.js';
import { SetProxy } from './set-proxy.js';
import { ManagedValue } from './value.js';
import { ValueProxy } from './value-proxy.js';

export const DATA_TYPES: Readonly<Record<string, OwnTypeOptions>> = {
  dict: { factory: ManagedDict, proxy: DictProxy, exclusive: ['modify'] },
  list: { factory: ManagedList, proxy: ListProxy },
  set: { factory: ManagedSet, proxy: SetProxy },
  Namespace: { factory: ManagedNamespace, proxy: NamespaceProxy },
  Value: { factory: ManagedValue, proxy: ValueProxy },
  Array: { factory: ManagedArray, proxy: ArrayProxy },
};
