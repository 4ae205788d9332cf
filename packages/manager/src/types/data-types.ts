/** The types that only hold data, as clients know them. */
import type { OwnTypeOptions } from '../registry.js';
import { ArrayProxy } from './array-proxy.js';
import { DictProxy } from './dict-proxy.js';
import { ListProxy } from './list-proxy.js';
import { NamespaceProxy } from './namespace-proxy.js';
import { SetProxy } from './set-proxy.js';
import { ValueProxy } from './value-proxy.js';

export const DATA_TYPES = {
  dict: { proxy: DictProxy, exclusive: ['modify'] },
  list: { proxy: ListProxy },
  set: { proxy: SetProxy },
  Namespace: { proxy: NamespaceProxy },
  Value: { proxy: ValueProxy },
  Array: { proxy: ArrayProxy },
} satisfies Record<string, OwnTypeOptions>;
