/** Names of segments, and what else is told of them. */
import { describe } from '@manycore/core/internal';
import { isWellFormed } from './well-formed.js';

const MOST_BYTES = 255;
const PREFIX = 'psm_';
const RANDOM_BYTES = 4;

/** As CPython makes them: `psm_` and 8 hexadecimal digits. */
export const randomName = (): string => PREFIX + process.getBuiltinModule('node:crypto').randomBytes(RANDOM_BYTES).toString('hex');

/** @throws TypeError for what is no string; RangeError for what cannot be a name. `what` is as in `SharedMemory: name`. */
export function checkName(name: unknown, what: string): string {
  if (typeof name !== 'string') throw new TypeError(`${what} must be a string, got ${describe(name)}.`);
  const bytes = Buffer.byteLength(name);
  if (name === '' || name === '.' || name === '..') throw new RangeError(`${what} must be the name of a file, got ${describe(name)}.`);
  if (/[\0/]/.test(name)) throw new RangeError(`${what} must have no NUL and no slash in it (CPython puts the leading one there itself), got ${describe(name)}.`);
  if (!isWellFormed(name)) throw new RangeError(`${what} must be well-formed Unicode, got ${describe(name)}.`);
  if (bytes > MOST_BYTES) throw new RangeError(`${what} must have at most ${MOST_BYTES} bytes, got ${bytes}.`);
  return name;
}

/** @throws TypeError */
export function mustBeBoolean(value: unknown, what: string): void {
  if (typeof value !== 'boolean') throw new TypeError(`${what} must be a boolean, got ${describe(value)}.`);
}
