import { describe } from '@manycore/core/internal';

/** The bytes of a key, copied; none without a key. Its value is never part of a message. @throws TypeError, RangeError */
export function checkedKey(authkey: unknown, call: string): Buffer | undefined {
  if (authkey === undefined) return undefined;
  const isText = typeof authkey === 'string';
  if (!isText && !(authkey instanceof Uint8Array)) throw new TypeError(`${call}: authkey must be bytes (a Uint8Array) or a string, got ${describe(authkey)}.`);
  const key = isText ? Buffer.from(authkey, 'utf8') : Buffer.from(authkey);
  if (key.length === 0) throw new RangeError(`${call}: authkey is empty. Take at least 32 random bytes, or leave it out to connect without authentication.`);
  return key;
}
