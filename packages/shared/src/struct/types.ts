/** What TypeScript infers from the layout of a struct: how its fields are read, written, and copied. */
import type { CellsOf, BooleanCode, ScalarInput, ScalarOf, TextCode, Typecode } from '../typecode.js';
import type { FixedArray } from './fixed-array.js';
import type { FIELDS } from './struct.js';

/** The type of a field: a typecode, text, an array of a fixed length, or another struct (made by `struct`, or its fields). */
export type FieldDefinition = Typecode | AnyStruct | StructDefinition | readonly [item: FieldDefinition, length: number] | readonly [code: TextCode, bytes: number, rule: 'cut'];

/** The fields of a struct in their order in memory. */
export interface StructDefinition {
  readonly [name: string]: FieldDefinition;
}

/** Any struct, as far as types go. */
export interface AnyStruct {
  readonly [FIELDS]: StructDefinition;
}

/** What a field is read as. Numeric arrays are TypedArrays over the memory. */
export type FieldOf<Type> = Type extends Typecode
  ? ScalarOf<Type>
  : Type extends readonly [TextCode, ...unknown[]]
    ? string
    : Type extends readonly [infer Code extends Exclude<Typecode, BooleanCode>, number]
      ? CellsOf<Code>
      : Type extends readonly [infer Item, number]
        ? FixedArray<FieldOf<Item>, FieldInput<Item>>
        : Accessor<FieldsOf<Type>>;

/** What can be written to a field: numbers for 64-bit integers too, array-like values for arrays, objects for structs. */
export type FieldInput<Type> = Type extends Typecode
  ? ScalarInput<Type>
  : Type extends readonly [TextCode, ...unknown[]]
    ? string
    : Type extends readonly [infer Item, number]
      ? ArrayLike<FieldInput<Item>> | FixedArray<FieldOf<Item>, FieldInput<Item>>
      : StructInput<FieldsOf<Type>>;

/** A copy of a field that shares nothing. */
export type FieldCopy<Type> = Type extends Typecode
  ? ScalarOf<Type>
  : Type extends readonly [TextCode, ...unknown[]]
    ? string
    : Type extends readonly [infer Item, number]
      ? FieldCopy<Item>[]
      : StructCopy<FieldsOf<Type>>;

/** The fields of a struct, or of an object that stands for one. */
export type FieldsOf<Type> = Type extends { readonly [FIELDS]: infer Fields } ? Fields : Type;

/** One struct in memory: its fields, to be read and written. (TypeScript lets a field be written only with what it is read as; `Object.assign(accessor, { … })` takes all that the fields take.) */
export type Accessor<Fields> = { -readonly [Name in keyof Fields]: FieldOf<Fields[Name]> };

/** What a whole struct is written from: an object with its fields, or an accessor. Fields that are left out become zero. */
export type StructInput<Fields> = { readonly [Name in keyof Fields]?: FieldInput<Fields[Name]> };

/** A copy of a struct that shares nothing. */
export type StructCopy<Fields> = { -readonly [Name in keyof Fields]: FieldCopy<Fields[Name]> };
