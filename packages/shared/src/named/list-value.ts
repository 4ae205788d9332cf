/** What can be in a `ShareableList`, and how it is written. */
import { describe } from '@manycore/core/internal';
import { isWellFormed } from './well-formed.js';
import { AS_IT_IS, BOOLEAN, BYTES, FLOAT, INT, NONE, NULL, slotFor, TEXT, textFormat } from './list-layout.js';

/** A number that is a float in the list, whole or not: what `ShareableList.float` makes. */
export class Float {
  constructor(readonly value: number) {}
}

/** What can be put into a list. */
export type ShareableValue = number | bigint | boolean | string | Uint8Array | Float | null;
/** What is read from one: integers beyond 2^53 as `bigint`. */
export type SharedValue = number | bigint | boolean | string | Uint8Array | null;

/** A value as it goes into a slot. */
export type Packed = { readonly kind: 'int'; readonly bits: bigint } | { readonly kind: 'float'; readonly number: number } | { readonly kind: 'boolean'; readonly on: boolean } | { readonly kind: 'null' } | Text;
interface Text {
  readonly kind: 'text' | 'bytes';
  readonly bytes: Uint8Array;
}

const LEAST = -(2n ** 63n);
const MOST = 2n ** 63n - 1n;

/**
 * @param what - for messages: `ShareableList: item 3`.
 * @throws TypeError for what cannot be in a list; RangeError for an integer that needs more than 64 bits.
 */
export function pack(value: unknown, what: string): Packed {
  if (value === null) return { kind: 'null' };
  if (value instanceof Float) return { kind: 'float', number: value.value };
  if (value instanceof Uint8Array) return { kind: 'bytes', bytes: value };
  switch (typeof value) {
    case 'boolean':
      return { kind: 'boolean', on: value };
    case 'string':
      if (!isWellFormed(value)) throw new TypeError(`${what} must be well-formed Unicode: half of a surrogate pair has no UTF-8.`);
      return { kind: 'text', bytes: Buffer.from(value, 'utf8') };
    case 'bigint':
      return packInteger(value, what);
    case 'number':
      return Number.isInteger(value) ? packInteger(value, what) : { kind: 'float', number: value };
    default:
      throw new TypeError(`${what} must be a number, a bigint, a boolean, a string, a Uint8Array or null, got ${describe(value)}.`);
  }
}

function packInteger(value: number | bigint, what: string): Packed {
  const bits = BigInt(value);
  if (bits < LEAST || bits > MOST) throw new RangeError(`${what} must be an integer of 64 bits, got ${value}. As a float: ShareableList.float(value).`);
  return { kind: 'int', bits };
}

/** Bytes of the slot that a new item gets. */
export const slotBytesOf = (packed: Packed): number => ('bytes' in packed ? slotFor(packed.bytes.length) : 8);

/** In a slot of that size. */
export function formatOf(packed: Packed, slotBytes: number): string {
  if ('bytes' in packed) return textFormat(slotBytes);
  return packed.kind === 'int' ? INT : packed.kind === 'float' ? FLOAT : packed.kind === 'boolean' ? BOOLEAN : NULL;
}

export const codeOf = ({ kind }: Packed): number => (kind === 'text' ? TEXT : kind === 'bytes' ? BYTES : kind === 'null' ? NONE : AS_IT_IS);

/** Whether a value that was read is the one that is looked for; numbers and bigints by what they are worth, bytes by their contents. */
export function isSame(found: SharedValue, wanted: unknown): boolean {
  if (wanted instanceof Uint8Array) return found instanceof Uint8Array && Buffer.compare(found, wanted) === 0;
  return exact(found) === exact(wanted instanceof Float ? wanted.value : wanted);
}

const exact = (value: unknown): unknown => (typeof value === 'number' && Number.isInteger(value) ? BigInt(value) : value);
