/** `SharedArray`: a `RawArray` with a lock. */
import type { InputOf, SharedType } from './element-type.js';
import { RawArray, registerArray } from './raw-array.js';
import { Arrived, lockOf, type SharedOptions } from './shared-object.js';

registerArray('SharedArray', import.meta.url, (arrived) => new SharedArray(arrived));

/**
 * A fixed number of numbers, booleans, characters or structs in shared memory, and a lock that guards them. Hand it to processes and threads like any value.
 *
 * `view` is a real TypedArray over the memory. Nothing takes the lock by itself, unlike in Python: take it around what belongs together. Memory: as `RawArray`.
 *
 * @example
 * const histogram = new SharedArray('u32', 256);
 * histogram.withLockSync(() => { for (const byte of bytes) histogram.view[byte]!++; });
 *
 * @see Python `multiprocessing.Array`. Differs: as `RawArray`; elements are read and written without the lock; can be sent at any time.
 */
export class SharedArray<Type extends SharedType = SharedType> extends RawArray<Type> {
  /**
   * @param type - a typecode, or a struct.
   * @param sizeOrElements - how many zeroed elements, or the elements: any iterable; of `c` and `u` also a string.
   * @throws TypeError for another type, lock, or elements of another kind; RangeError for ones out of range, and for a size that is none; OutOfMemoryError when the session's budget is used up.
   */
  constructor(type: Type, sizeOrElements: number | Iterable<InputOf<Type>>, options?: SharedOptions);
  /** @internal */
  constructor(arrived: Arrived);
  constructor(type: Type | Arrived, sizeOrElements?: number | Iterable<InputOf<Type>>, options?: SharedOptions) {
    super(type, sizeOrElements, { className: 'SharedArray', lock: type instanceof Arrived ? undefined : lockOf(options, 'SharedArray') });
  }

  /** The same memory as an object without a lock. @see Python `get_obj`. */
  getObj(): RawArray<Type> {
    return new RawArray<Type>(this.bare);
  }
}
