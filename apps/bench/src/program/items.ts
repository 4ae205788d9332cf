/**
 * What travels in the queue rows, and its check on arrival. `python/items.py` makes and checks the same.
 *
 * Objects carry the running number itself. Strings and bytes come from a prepared ring of a prime number of different ones: making a new
 * megabyte inside the clock would measure the making. A lost, doubled or swapped item shows as another one than expected.
 */
import type { Payload } from '../scenario/work.js';

export interface Items {
  /** The i-th item. */
  make(i: number): unknown;
  /** Whether a value that arrived is the i-th item, in every part. */
  same(value: unknown, i: number): boolean;
}

const NAME = 'sample item';
const VALUES: readonly number[] = Array.from({ length: 10 }, (_, i) => i * 1.5);
const RING = 61;
const BIG_RING = 7;

export function itemsOf(payload: Payload | undefined): Items {
  switch (payload) {
    case 'object':
      return { make: (id) => ({ id, name: NAME, values: VALUES }), same: sameObject };
    case 'string20':
      return ringOfStrings(20);
    case 'string100':
      return ringOfStrings(100);
    case 'bytes1k':
      return ring(Array.from({ length: RING }, (_, i) => pattern(1024, i)), sameBytes);
    case 'bytes1m':
      return ring(Array.from({ length: BIG_RING }, (_, i) => pattern(1024 * 1024, i)), sameBytes);
    case undefined:
      throw new Error('The work names no payload.');
  }
}

/** @throws Error that says which item was expected and what came. */
export function mustBeSame(items: Items, value: unknown, i: number): void {
  if (!items.same(value, i)) throw arrivedAs(value, i);
}

/** The error for an item that is another than expected. */
export function arrivedAs(value: unknown, i: number): Error {
  return new Error(`Item ${i} arrived as ${summary(value)}.`);
}

function ringOfStrings(length: number): Items {
  return ring(Array.from({ length: RING }, (_, i) => String(i).padStart(8, '0').padEnd(length, 'x')), Object.is);
}

function ring<T>(prepared: readonly T[], same: (value: unknown, expected: T) => boolean): Items {
  const { length } = prepared;
  return { make: (i) => prepared[i % length], same: (value, i) => same(value, prepared[i % length] as T) };
}

function sameObject(value: unknown, id: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { id: gotId, name, values } = value as { id?: unknown; name?: unknown; values?: unknown };
  if (gotId !== id || name !== NAME || !Array.isArray(values) || values.length !== VALUES.length) return false;
  for (let i = 0; i < VALUES.length; i++) if (values[i] !== VALUES[i]) return false;
  return Object.keys(value).length === 3;
}

function sameBytes(value: unknown, expected: Uint8Array): boolean {
  return value instanceof Uint8Array && Buffer.compare(value, expected) === 0;
}

/** Bytes that differ from those of every other seed of the ring at each place. */
function pattern(length: number, seed: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let j = 0; j < length; j++) bytes[j] = seed + j * 7;
  return bytes;
}

function summary(value: unknown): string {
  if (value instanceof Uint8Array) return `${value.length} bytes starting with ${value.subarray(0, 8).join(' ')}`;
  return String(JSON.stringify(value)).slice(0, 200);
}
