/**
 * The object table: every block of session memory that somebody can hold, by number.
 *
 * Entry (16 words): generation and whether it is in use, type, size class, where the block is, how many hold it, pages charged to the budget, and links: the list it is on,
 * the bundles it owns. A number is used again with the next generation, so an old reference is recognised and refused.
 */
import { LARGEST_CLASS, LARGEST_SMALL_CLASS, OBJECT_COUNT, OBJECT_TABLE, OBJECT_WORDS, SMALLEST_CLASS } from '../session/layout.js';
import type { BlockRef } from '../transfer/shareable.js';
import type { Space } from './transaction.js';

/** Word 0: generation * 2 + 1 while in use, generation * 2 while free. */
export const OBJECT_STATE = 0;
export const OBJECT_TYPE = 1;
export const OBJECT_CLASS = 2;
/** Offset of the block in units of 64 bytes, in two words of 31 bits. */
export const OBJECT_OFFSET_LOW = 3;
export const OBJECT_OFFSET_HIGH = 4;
export const OBJECT_HOLDERS = 5;
export const OBJECT_PAGES = 6;
/** Next on the list it is on: free numbers, free blocks of a class, condemned objects, or the bundles of one owner. */
export const OBJECT_NEXT = 7;
export const OBJECT_PREVIOUS = 8;
export const OBJECT_FIRST_BUNDLE = 9;
export const OBJECT_OWNER = 10;

const HALF = 2 ** 31;
const OFFSET_UNIT_BYTES = 64;
const LAST_OBJECT_GENERATION = 2 ** 29;

/** Word address of an object's entry. */
export const entryOf = (id: number): number => OBJECT_TABLE + id * OBJECT_WORDS;

export const isObjectId = (id: number): boolean => Number.isInteger(id) && id > 0 && id < OBJECT_COUNT;

export const nextGeneration = (generation: number): number => (generation % LAST_OBJECT_GENERATION) + 1;

export const inUse = (generation: number): number => generation * 2 + 1;

/** Where in session memory one can see, without a lock, that an object is still there: the 4 bytes at `offset` are `value` as long as it is. */
export function presenceOf({ id, generation }: BlockRef): { readonly offset: number; readonly value: number } {
  return { offset: (entryOf(id) + OBJECT_STATE) * 4, value: inUse(generation) };
}

/** Byte offset of an object's block in session memory. */
export function blockOffset(space: Space, id: number): number {
  const entry = entryOf(id);
  return (space.load(entry + OBJECT_OFFSET_LOW) + space.load(entry + OBJECT_OFFSET_HIGH) * HALF) * OFFSET_UNIT_BYTES;
}

export function setBlockOffset(space: Space, id: number, offset: number): void {
  const entry = entryOf(id);
  const units = offset / OFFSET_UNIT_BYTES;
  space.store(entry + OBJECT_OFFSET_LOW, units % HALF);
  space.store(entry + OBJECT_OFFSET_HIGH, Math.floor(units / HALF));
}

/** The smallest class that holds `bytes`. */
export function classOf(bytes: number): number {
  return Math.max(SMALLEST_CLASS, Math.ceil(Math.log2(Math.max(1, bytes))));
}

export const isLarge = (sizeClass: number): boolean => sizeClass > LARGEST_SMALL_CLASS;
export const MAX_BLOCK_BYTES = 2 ** LARGEST_CLASS;

/** A type's number in the table: a hash of its name, so that no list of types has to be kept in one place. FNV-1a, 32 bits. */
export function typeNumber(name: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  return hash | 0;
}
