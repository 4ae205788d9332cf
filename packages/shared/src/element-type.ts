/** The types users name: a typecode or a struct. */
import { describe } from '@manycore/core/internal';
import type { ElementType } from './element.js';
import { scalarOf, TYPECODES } from './scalar.js';
import { struct } from './struct/definition.js';
import { isPlain } from './struct/plain.js';
import { Struct, type FIELDS } from './struct/struct.js';
import type { StructCopy, StructInput } from './struct/types.js';
import type { BooleanCode, CellsOf, ScalarInput, ScalarOf, TextCode, Typecode } from './typecode.js';

/** A typecode, or a struct made by `struct`. */
export type SharedType = Typecode | ElementType<unknown>;

/** What an element of a type is read as: a number, a bigint, a boolean, a string, or an accessor of a struct. */
export type ElementOf<Type extends SharedType> = Type extends Typecode ? ScalarOf<Type> : Type extends ElementType<infer Element> ? Element : never;

/** What can be written to one. */
export type InputOf<Type extends SharedType> = Type extends Typecode ? ScalarInput<Type> : Type extends { readonly [FIELDS]: infer Fields } ? StructInput<Fields> : unknown;

/** The typed array over elements of a type; over structs, their bytes. */
export type ViewOf<Type extends SharedType> = Type extends Typecode ? CellsOf<Type> : Uint8Array<ArrayBufferLike>;

/** A copy of elements of a type: of `c` and `u` a string, of booleans an array, of other numbers a typed array with memory of its own, of structs an array of plain copies. */
export type SliceOf<Type extends SharedType> = Type extends TextCode
  ? string
  : Type extends BooleanCode
    ? boolean[]
    : Type extends Typecode
      ? ReturnType<CellsOf<Type>['slice']>
      : Type extends { readonly [FIELDS]: infer Fields }
        ? StructCopy<Fields>[]
        : unknown[];

/** @param call - how a message begins. @throws TypeError for what names no type. */
export function elementTypeOf(type: unknown, call: string): ElementType<unknown> {
  const scalar = scalarOf(type);
  if (scalar !== undefined) return scalar;
  // Also a struct's definition, which is what travels.
  if (type instanceof Struct || (isPlain(type) && Object.keys(type).length > 0)) return struct(type as never);
  throw new TypeError(`${call}: expected a type (${TYPECODES.join(' ')}, or a struct), got ${describe(type)}.`);
}
