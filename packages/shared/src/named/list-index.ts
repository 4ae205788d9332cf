import { describe } from '@manycore/core/internal';

/** The position of `index` in a list of `length`; negative from the end. @throws TypeError for what is no number; RangeError outside of the list. */
export function checkIndex(index: unknown, length: number, call: string): number {
  if (typeof index !== 'number') throw new TypeError(`${call}: the index must be a number, got ${describe(index)}.`);
  const at = index < 0 ? index + length : index;
  if (!Number.isInteger(at) || at < 0 || at >= length) throw new RangeError(`${call}: index ${index} is outside of a list of ${length}.`);
  return at;
}
