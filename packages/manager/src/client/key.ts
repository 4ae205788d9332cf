/** Keys of servers on their way: in shared memory only. */
import { sharedBuffer } from '@manycore/core';
import { identity } from '@manycore/core/internal';

const shared = new WeakMap<Uint8Array, Uint8Array>();

const isSame = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && process.getBuiltinModule('node:crypto').timingSafeEqual(a, b);

/** Undefined for the key of the process tree, which every process of it has. Else a copy in shared memory: it cannot be sent out of the tree. */
export function keyToShare(key: Uint8Array): Uint8Array | undefined {
  if (isSame(key, identity().authkey)) return undefined;
  let copy = shared.get(key);
  if (copy === undefined) {
    copy = sharedBuffer(key.length);
    copy.set(key);
    shared.set(key, copy);
  }
  return copy;
}
