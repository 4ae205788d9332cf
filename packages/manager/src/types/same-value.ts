/** When two values of a managed collection are the same: by what is in them, as in Python; proxies, when they are of one object. */
import { isDeepStrictEqual } from 'node:util';
import { describe } from '@manycore/core/internal';
import { RemoteObject } from '../remote-object.js';

export function isSameValue(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  // From outside, all proxies of a class look alike.
  if (a instanceof RemoteObject || b instanceof RemoteObject) return false;
  return isDeepStrictEqual(a, b);
}

/** A key of a dict, or a member of a set: what can be found again after it was copied. */
export type Key = string | number | bigint | boolean | null | undefined | RemoteObject<never>;

/** @throws TypeError */
export function checkKey(key: unknown, call: string): void {
  if ((typeof key === 'object' && key !== null && !(key instanceof RemoteObject)) || typeof key === 'function') {
    throw new TypeError(`${call}: a key must be a primitive value, or a proxy, got ${describe(key)}: a copy of an object would never be found again.`);
  }
}
