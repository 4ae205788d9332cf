import type { ElementOf, InputOf, Typecode } from '@manycore/shared';
import { registerProxyClass } from '../client/proxy-classes.js';
import { RemoteObject } from '../remote-object.js';
import type { ManagedArray } from './array.js';

/**
 * A fixed number of elements with a typecode in a manager's server. Within a process tree, `Array` of @manycore/shared is the faster one. Negative indexes count from the end.
 * @see Python `SyncManager.Array`. Differs: checks what the typecode takes, as the local one.
 */
export class ArrayProxy<C extends Typecode = Typecode> extends RemoteObject<ManagedArray<C>> implements AsyncIterable<ElementOf<C>> {
  /** @throws RangeError outside of the array */
  at(index: number): Promise<ElementOf<C>> {
    return this.call('at', [index]);
  }

  /** @throws RangeError outside of the array; TypeError, RangeError for what the typecode does not take */
  set(index: number, value: InputOf<C>): Promise<void> {
    return this.call('set', [index, value]);
  }

  length(): Promise<number> {
    return this.call('length');
  }

  /** A part, copied; arguments as of `Array.prototype.slice`. */
  slice(start?: number, end?: number): Promise<ElementOf<C>[]> {
    return this.call('slice', [start, end]);
  }

  /** All elements, as they are at one moment. */
  snapshot(): Promise<ElementOf<C>[]> {
    return this.call('snapshot');
  }

  /** The elements, fetched in parts: changes meanwhile may be seen. */
  [Symbol.asyncIterator](): AsyncIterableIterator<ElementOf<C>> {
    return this.iterate();
  }
}
registerProxyClass(ArrayProxy, 'manycore.ArrayProxy', import.meta.url);
