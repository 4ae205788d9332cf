/** `Value`: a `RawValue` with a lock. */
import { Arrived, lockOf, type SharedOptions } from './shared-object.js';
import type { InputOf, SharedType } from './element-type.js';
import { RawValue, registerValue } from './raw-value.js';

registerValue('Value', import.meta.url, (arrived) => new Value(arrived));

/**
 * One number, boolean, character or struct in shared memory, and a lock that guards it. Hand it to processes and threads like any value.
 *
 * Reading and writing `value` takes no lock, unlike in Python: one read or write needs none. What reads and then writes takes it, `withLock(() => value.value++)`, or uses the atomic operations, which
 * need none. Memory: as `RawValue`.
 *
 * @example
 * const done = new Value('i', 0);
 * done.add(1); // atomically
 * await done.withLock(() => (done.value = Math.max(done.value, 7)));
 *
 * @see Python `multiprocessing.Value`. Differs: as `RawValue`; `value` takes no lock; can be sent at any time.
 */
export class Value<Type extends SharedType = SharedType> extends RawValue<Type> {
  /**
   * @param type - a typecode, or a struct.
   * @param init - the first value; default: zero (false, '\0', all fields zero).
   * @throws TypeError for another type, value or lock; RangeError for a value out of range; OutOfMemoryError when the session's budget is used up.
   */
  constructor(type: Type, init?: InputOf<Type>, options?: SharedOptions);
  /** @internal */
  constructor(arrived: Arrived);
  constructor(type: Type | Arrived, init?: InputOf<Type>, options?: SharedOptions) {
    super(type, init, { className: 'Value', lock: type instanceof Arrived ? undefined : lockOf(options, 'Value') });
  }

  /** The same memory as an object without a lock. @see Python `get_obj`. */
  getObj(): RawValue<Type> {
    return new RawValue<Type>(this.bare);
  }
}
