import { constants } from 'node:buffer';
import { describe } from '@manycore/core/internal';

/** The longest message that is received unless asked for otherwise: 64 MiB. CPython has no limit. */
const DEFAULT_MESSAGE_BYTES = 64 * 1024 * 1024;

/** @throws TypeError, RangeError */
export function checkedMessageLimit(maxMessageBytes: unknown, call: string): number {
  if (maxMessageBytes === undefined) return DEFAULT_MESSAGE_BYTES;
  if (typeof maxMessageBytes !== 'number' || Number.isNaN(maxMessageBytes)) throw new TypeError(`${call}: maxMessageBytes must be a number of bytes, got ${describe(maxMessageBytes)}.`);
  if (maxMessageBytes === Infinity) return constants.MAX_LENGTH;
  if (!Number.isInteger(maxMessageBytes) || maxMessageBytes < 0) throw new RangeError(`${call}: maxMessageBytes must be a whole number >= 0, got ${maxMessageBytes}.`);
  return Math.min(maxMessageBytes, constants.MAX_LENGTH);
}
