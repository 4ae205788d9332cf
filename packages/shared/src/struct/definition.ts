/**
 * From what users write to structs and types of fields.
 *
 * Equal definitions give the same struct: one table for each thread, by the JSON of the canonical definition (aliases as Python's typecodes, nested structs in place). Accessors of equal structs are so of one class, and
 * structs can be compared with `===`, also those that came from other processes. The table holds structs weakly.
 */
import { registerReducer } from '@manycore/core';
import { describe } from '@manycore/core/internal';
import { scalarOf, TYPECODES, type Scalar } from '../scalar.js';
import type { AccessorClass } from './accessor.js';
import { MOST_BYTES, type FieldType } from './field-type.js';
import { FixedArray, ItemArray, NumericArray } from './fixed-array.js';
import { CodePointText, Utf8Text } from './fixed-text.js';
import { layOut } from './layout.js';
import { arrived, sent } from './memory-view.js';
import { isPlain } from './plain.js';
import { scalarField } from './scalar-field.js';
import { Struct } from './struct.js';
import type { StructDefinition } from './types.js';

/**
 * A record layout for shared memory, exactly as a C compiler (and `ctypes.Structure`) lays it out, so that programs in other languages can read it.
 *
 * A field is a typecode (`'f64'`, `'u32'`, `'?'`, …), another struct, or `[type, n]`: n of these behind each other. `['c', n]` is text in n bytes of UTF-8, and `['u', n]` text of n code points; longer text is refused, or,
 * written as `['c', n, 'cut']`, cut between two characters.
 *
 * Elements are read as accessors, whose properties are the fields: `array.at(i).x += 1`. They are views, not copies; writing checks as scalars do, and a value that is refused changes nothing. 64-bit integers are read as
 * bigint and written from bigint or safe numbers. Numeric arrays are read as TypedArrays over the memory, other arrays as `FixedArray`, nested structs as accessors. A property of several parts is made anew each time it is
 * read: keep it in a variable in a loop. Structs, accessors and all views travel to other processes and threads, views by reference. `toJSON()` of an accessor gives a plain copy, as does `plain` of its struct.
 *
 * Memory: fields are plain memory. A number that is no part of an array is never torn, but several fields are read and written one after the other: hold the lock for what belongs together.
 *
 * Equal layouts give the same `Struct`, whose `bytes`, `align` and `fields` tell where everything is, and whose `definition` can be kept or sent as JSON. Does not block.
 *
 * @param fields - names and types, in the order of memory.
 * @throws TypeError for no fields, a name that cannot be one (an integer such as `'0'`, whose order JavaScript changes; a name that every object has, such as `constructor`; `toJSON`), or a type that is none; RangeError for
 *   an array length below 1 or more bytes than 2³¹ - 1.
 * @example
 * const Point = struct({ x: 'f64', y: 'f64', id: 'u32', tag: ['c', 16] });
 * const points = new SharedArray(Point, [{ x: 1, y: 2, tag: 'first' }, { id: 7 }]);
 * points.at(0).x += 1;
 * @see Python `ctypes.Structure` in `multiprocessing.sharedctypes`. Differs: a function instead of a class; checked values; text is a string; no bit fields, unions, pointers, packing or other byte order.
 */
export function struct<const Fields extends StructDefinition>(fields: Fields): Struct<Fields> {
  return structOf(fields, 'struct', 0) as unknown as Struct<Fields>;
}

const structs = new Map<string, WeakRef<Struct>>();
const forget = new FinalizationRegistry((key: string) => {
  if (structs.get(key)?.deref() === undefined) structs.delete(key);
});

/** Deeper ones have no use; they would overflow the stack. */
const MOST_DEPTH = 64;

function structOf(fields: unknown, where: string, depth: number): Struct {
  if (fields instanceof Struct) return fields as Struct;
  if (!isPlain(fields)) throw new TypeError(`${where}: expected an object with the types of fields, such as { x: 'f64', y: 'f64' }, got ${describe(fields)}.`);
  const names = Object.keys(fields);
  if (names.length === 0) throw new TypeError(`${where}: a struct needs at least one field.`);
  if (Object.getOwnPropertySymbols(fields).length > 0) throw new TypeError(`${where}: names of fields are strings; there is one that is a symbol.`);
  for (const name of names) checkName(name, where);
  const types = names.map((name) => [name, typeOf(fields[name], `${where}: field ${JSON.stringify(name)}`, depth + 1)] as const);
  const definition = Object.freeze(Object.fromEntries(types.map(([name, type]) => [name, type.definition]))) as StructDefinition;
  const key = JSON.stringify(definition);
  const known = structs.get(key)?.deref();
  if (known !== undefined) return known;
  const made = new Struct(layOut(types, where), definition);
  keepWhole(made.Accessor);
  structs.set(key, new WeakRef(made));
  forget.register(made, key);
  return made;
}

function typeOf(type: unknown, where: string, depth: number): FieldType {
  if (depth > MOST_DEPTH) throw new RangeError(`${where}: nested more than ${MOST_DEPTH} deep.`);
  const scalar = scalarOf(type);
  if (scalar !== undefined) return scalarField(scalar);
  if (Array.isArray(type)) return arrayOf(type, where, depth);
  if (type instanceof Struct || isPlain(type)) return structOf(type, where, depth);
  throw new TypeError(`${where}: expected a type, got ${describe(type)}. Types are ${TYPECODES.join(' ')}, structs, and [type, length].`);
}

function arrayOf(type: readonly unknown[], where: string, depth: number): FieldType {
  const [of, length, rule] = type;
  if (type.length < 2 || type.length > 3) throw new TypeError(`${where}: an array is written as [type, length], got an array of ${type.length} items.`);
  if (typeof length !== 'number') throw new TypeError(`${where}: expected the length of an array in [type, length], got ${describe(length)}.`);
  if (!Number.isInteger(length) || length < 1) throw new RangeError(`${where}: the length of an array must be a whole number >= 1, got ${length}.`);
  const scalar = scalarOf(of);
  const isText = scalar?.kind === 'bytes' || scalar?.kind === 'text';
  if (type.length === 3 && (rule !== 'cut' || !isText)) throw new TypeError(`${where}: only text has a rule, as in ['c', ${length}, 'cut'].`);
  const made = isText ? textOf(scalar, length, rule === 'cut') : scalar !== undefined && scalar.kind !== 'boolean' ? new NumericArray(scalar, length) : new ItemArray(typeOf(of, where, depth + 1), length);
  if (made.bytes > MOST_BYTES) throw new RangeError(`${where}: an array of ${made.bytes} bytes is too large; there is room for ${MOST_BYTES}.`);
  return made;
}

const textOf = (scalar: Scalar, length: number, isCut: boolean): FieldType => (scalar.kind === 'bytes' ? new Utf8Text(length, isCut) : new CodePointText(length, isCut));

function checkName(name: string, where: string): void {
  if (name === '') throw new TypeError(`${where}: a field needs a name.`);
  if (/^\d+$/.test(name)) throw new TypeError(`${where}: a field cannot be called ${JSON.stringify(name)}, since JavaScript changes the order of names that are integers. Begin it with a letter.`);
  if (name in Object.prototype || name === 'toJSON') throw new TypeError(`${where}: a field cannot be called ${JSON.stringify(name)}, since objects have that name already.`);
}

const byReference = { module: import.meta.url };

/** Lets accessors of a class travel. All of these classes have one name: what is sent tells which struct it is. */
function keepWhole(Accessor: AccessorClass): void {
  registerReducer(Accessor, (accessor) => sent(accessor), (data) => arrived(data, (definition) => structOf(definition, 'struct', 0)) as never, byReference);
}

registerReducer(FixedArray, (array) => sent(array), (data) => arrived(data, (definition) => typeOf(definition, 'struct', 0)) as FixedArray<unknown>, byReference);
registerReducer(Struct, ({ definition }) => definition, (definition) => structOf(definition, 'struct', 0), byReference);
// So that the name is known before this process has made a struct.
struct({ byte: 'u8' });
