/**
 * A struct as a type: its layout, its accessors, and how whole structs are written and copied. `definition.ts` makes them. For users it is an element type; inside of other structs it is a `FieldType` too.
 */
import { inspect, type InspectOptions } from 'node:util';
import { describe } from '@manycore/core/internal';
import type { ElementType } from '../element.js';
import { accessorClass, type AccessorClass, type AnyAccessor } from './accessor.js';
import type { FieldType } from './field-type.js';
import type { Layout, PlacedField, StructField } from './layout.js';
import type { Memory } from './memory.js';
import { AT, MEMORY, viewedType } from './memory-view.js';
import { MANY_BYTES, moveBytes } from './move-bytes.js';
import { isPlain } from './plain.js';
import { StructStore } from './struct-store.js';
import type { Accessor, StructCopy, StructDefinition } from './types.js';

/** For types alone: what a struct was made of. */
export declare const FIELDS: unique symbol;

/**
 * A record layout, made by `struct`. It is a type: give it to `Value`, `SharedArray` and their kin, or use it as the type of a field.
 *
 * @see Python `ctypes.Structure`. Differs: a value of a class of accessors instead of a class of yours.
 */
export class Struct<Fields = StructDefinition> implements ElementType<Accessor<Fields>> {
  declare readonly [FIELDS]: Fields;
  /** As in messages: `struct { x, y }`. */
  readonly name: string;
  /** Length in memory with the padding at the end, a multiple of `align`. @see Python `ctypes.sizeof`. */
  readonly bytes: number;
  /** In bytes; a power of two. @see Python `ctypes.alignment`. */
  readonly align: number;
  /** The fields in their order. */
  readonly fields: readonly StructField[];
  /** Plain data, also as JSON, of which `struct` makes this same struct in any process. */
  readonly definition: StructDefinition;
  readonly #fields: readonly PlacedField[];
  readonly #byName: ReadonlyMap<string, PlacedField>;
  readonly #runs: readonly Run[];
  /** @internal */
  readonly isSolid: boolean;
  /** @internal */
  readonly Accessor: AccessorClass;

  /** @internal */
  constructor({ bytes, align, fields }: Layout, definition: StructDefinition) {
    this.name = nameOf(fields.map(({ name }) => name));
    this.bytes = bytes;
    this.align = align;
    this.definition = definition;
    this.fields = Object.freeze(fields.map(({ name, offset, bytes, type }) => Object.freeze({ name, offset, bytes, type })));
    this.#fields = fields;
    this.#byName = new Map(fields.map((field) => [field.name, field]));
    this.#runs = runsOf(fields);
    this.isSolid = fields.every(({ fieldType }) => fieldType.isSolid) && fields.reduce((sum, field) => sum + field.bytes, 0) === bytes;
    this.Accessor = accessorClass(this as unknown as Struct, fields);
  }

  /** @internal */
  get type(): object {
    return this;
  }

  /**
   * Opens any memory as `count` structs one behind the other: a buffer, named memory, what came from elsewhere.
   *
   * `get(i)` gives an accessor; `set(i, value, where)` writes a whole struct from an object or an accessor, where fields that are left out become zero, and padding stays as it is; `copy(start, end)` gives plain objects;
   * `cursor()` goes over them without making anything. Indexes are not checked.
   *
   * @param byteOffset - in bytes, a multiple of `align`.
   * @throws RangeError for another offset, or a buffer that is too short.
   */
  store(buffer: ArrayBufferLike, byteOffset: number, count: number): StructStore<Accessor<Fields>> {
    if (byteOffset % this.align !== 0) throw new RangeError(`${this.name}.store: byteOffset must be a multiple of ${this.align}, got ${byteOffset}.`);
    return new StructStore<Accessor<Fields>>(this as unknown as Struct, buffer, byteOffset, count);
  }

  /**
   * A copy of what an accessor of this struct shows: a plain object, with plain arrays for arrays, that shares nothing. Reads field by field: hold the lock when others write.
   * @throws TypeError for what is no accessor of this struct.
   */
  plain(accessor: Accessor<Fields>): StructCopy<Fields> {
    if (viewedType(accessor) !== this) throw new TypeError(`${this.name}.plain: expected an accessor of this struct, got ${describe(accessor)}.`);
    const view = accessor as unknown as AnyAccessor;
    return this.plainAt(view[MEMORY], view[AT]);
  }

  /** @internal */
  plainAt(memory: Memory, at: number): StructCopy<Fields> {
    const copy: Record<string, unknown> = {};
    for (const { name, offset, fieldType } of this.#fields) copy[name] = fieldType.plainAt(memory, at + offset);
    return copy as StructCopy<Fields>;
  }

  /** @internal */
  read(memory: Memory, at: number): unknown {
    return new this.Accessor(memory, at);
  }

  /** @internal */
  encode(memory: Memory, at: number, value: unknown, where: string): void {
    const viewed = viewedType(value);
    if (typeof value !== 'object' || value === null || !(viewed instanceof Struct || (viewed === undefined && hasFields(value)))) throw new TypeError(`${where}: expected an object with fields of ${this.name}, got ${describe(value)}.`);
    if (viewed === this) this.move((value as AnyAccessor)[MEMORY], (value as AnyAccessor)[AT], memory, at);
    else this.#encodeFields(memory, at, viewed instanceof Struct ? viewed.plain(value as never) : (value as Readonly<Record<string, unknown>>), where);
  }

  [inspect.custom](_depth: number, options: InspectOptions): string {
    return `struct(${inspect(this.definition, options)})`;
  }

  #encodeFields(memory: Memory, at: number, value: Readonly<Record<string, unknown>>, where: string): void {
    for (const name of Object.keys(value)) {
      const field = this.#byName.get(name);
      if (field === undefined) throw new TypeError(`${where}: ${this.name} has no field ${JSON.stringify(name)}.`);
      field.fieldType.encode(memory, at + field.offset, value[name], `${where}.${name}`);
    }
  }

  /** @internal */
  move(from: Memory, fromAt: number, to: Memory, toAt: number): void {
    for (const { offset, bytes, apart } of this.#runs) {
      if (apart === undefined) moveBytes(from, fromAt + offset, to, toAt + offset, bytes, this.align);
      else apart.move(from, fromAt + offset, to, toAt + offset);
    }
  }
}

/** Objects of a class of yours have fields; arrays, maps, dates and the like have none. */
const hasFields = (value: object): boolean => !Array.isArray(value) && !ArrayBuffer.isView(value) && (isPlain(value) || Object.keys(value).length > 0);

const MOST_NAMED = 6;

function nameOf(fields: readonly string[]): string {
  return `struct { ${fields.slice(0, MOST_NAMED).join(', ')}${fields.length > MOST_NAMED ? ', …' : ''} }`;
}

/** What is copied together: neighbours without padding between or in them; or one field, in its own way. */
interface Run {
  readonly offset: number;
  bytes: number;
  readonly apart: FieldType | undefined;
}

function runsOf(fields: readonly PlacedField[]): readonly Run[] {
  const runs: Run[] = [];
  for (const { offset, bytes, fieldType } of fields) {
    const last = runs.at(-1);
    const apart = fieldType.isSolid && bytes <= MANY_BYTES ? undefined : fieldType;
    if (last !== undefined && last.apart === undefined && apart === undefined && last.offset + last.bytes === offset) last.bytes += bytes;
    else runs.push({ offset, bytes, apart });
  }
  return runs;
}
