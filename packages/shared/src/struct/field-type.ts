/** What a field of a struct is made of: a scalar, a text, an array or another struct. Each kind has a file here. */
import type { Typecode } from '../typecode.js';
import type { Memory } from './memory.js';

/**
 * How values of one type lie in memory. `at` is where the value begins in memory, in bytes, a multiple of `align`. Byte order is that of the machine: little-endian, wherever this runs.
 *
 * A value that has several parts is written in two steps, so that one that is refused changes nothing: `encode` checks it and writes it into scratch memory, `move` copies it from there (see scratch.ts).
 */
export interface FieldType {
  /** As in messages: `['u8', 16]`. */
  readonly name: string;
  readonly bytes: number;
  readonly align: number;
  /** As users name it; structs as the objects they are. */
  readonly type: NamedType;
  /** Plain data from which `fieldTypeOf` makes an equal one; the same for equal types. */
  readonly definition: unknown;
  /** Whether there is no padding in it. */
  readonly isSolid: boolean;
  /** What users read: a number, a bigint, a boolean, a string; of what has parts, a view on the memory. */
  read(memory: Memory, at: number): unknown;
  /** A copy that shares nothing: numbers, bigints, booleans, strings, and plain arrays and objects of these. */
  plainAt(memory: Memory, at: number): unknown;
  /**
   * Writes into zeroed memory that nobody else sees. When it throws, part of it may be written.
   * @param where - how a message begins. @throws TypeError for a value of another kind, RangeError for one that does not fit.
   */
  encode(memory: Memory, at: number, value: unknown, where: string): void;
  /** Copies a value that lies elsewhere. Padding stays as it is. */
  move(from: Memory, fromAt: number, to: Memory, toAt: number): void;
}

/** A field's type, as `Struct.fields` tells it: a typecode in Python's form, a struct, or an array. */
export type NamedType = Typecode | object | readonly [type: NamedType, length: number, rule?: 'cut'];

/** No struct and no array is larger, in bytes. */
export const MOST_BYTES = 2 ** 31 - 1;
