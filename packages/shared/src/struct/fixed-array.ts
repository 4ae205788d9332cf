/**
 * Arrays of fixed length in a struct: `[type, n]`, n values behind each other.
 *
 * Of numbers, they are read as the real TypedArray over the memory (NumericArray). Of all else, they are read as a `FixedArray` (ItemArray). An array is written from an array, a typed array or another array-like value of exactly n items.
 *
 * @see Python `ctypes` arrays (`c_double * n`) as fields. Differs: fewer items than n are refused.
 */
import { inspect, type InspectOptions } from 'node:util';
import { describe } from '@manycore/core/internal';
import type { Cells } from '../element.js';
import type { Scalar } from '../scalar.js';
import type { FieldType, NamedType } from './field-type.js';
import type { Memory } from './memory.js';
import { AT, MEMORY, TYPE, type MemoryView } from './memory-view.js';
import { MANY_BYTES, moveBytes, moveMany } from './move-bytes.js';
import { write } from './scratch.js';

/** @throws TypeError for what is no array, RangeError for one of another length. */
function itemsOf(value: unknown, length: number, where: string): ArrayLike<unknown> {
  const items = value instanceof FixedArray ? [...(value as FixedArray<unknown>)] : (value as ArrayLike<unknown>);
  if (typeof items !== 'object' || items === null || typeof items.length !== 'number') throw new TypeError(`${where}: expected an array of ${length} items, got ${describe(value)}.`);
  if (items.length !== length) throw new RangeError(`${where}: expected ${length} items, got ${items.length}.`);
  return items;
}

export class NumericArray implements FieldType {
  readonly name: string;
  readonly bytes: number;
  readonly align: number;
  readonly isSolid = true;
  readonly type: NamedType;

  constructor(
    readonly scalar: Scalar,
    readonly length: number,
  ) {
    this.type = Object.freeze([scalar.name, length] as const);
    this.name = `['${scalar.name}', ${length}]`;
    this.bytes = scalar.bytes * length;
    this.align = scalar.align;
  }

  get definition(): unknown {
    return this.type;
  }

  read(memory: Memory, at: number): Cells {
    return new this.scalar.Cells(memory.buffer, memory.byteOffset + at, this.length);
  }

  plainAt(memory: Memory, at: number): unknown[] {
    return Array.from(this.read(memory, at) as ArrayLike<unknown>);
  }

  encode(memory: Memory, at: number, value: unknown, where: string): void {
    const items = itemsOf(value, this.length, where);
    const cells = this.read(memory, at);
    // Of the same kind: there is nothing to check.
    if (items instanceof this.scalar.Cells) cells.set(items as never);
    else for (let i = 0; i < this.length; i++) cells[i] = this.scalar.coding.toRaw(items[i], `${where}[${i}]`);
  }

  move(from: Memory, fromAt: number, to: Memory, toAt: number): void {
    if (this.bytes > MANY_BYTES) moveMany(from, fromAt, to, toAt, this.bytes);
    else moveBytes(from, fromAt, to, toAt, this.bytes, this.align);
  }
}

/** Of booleans, texts, structs and arrays. */
export class ItemArray implements FieldType {
  readonly name: string;
  readonly bytes: number;
  readonly align: number;
  readonly isSolid: boolean;
  readonly type: NamedType;
  readonly definition: unknown;

  constructor(
    readonly item: FieldType,
    readonly length: number,
  ) {
    this.type = Object.freeze([item.type, length] as const);
    this.definition = Object.freeze([item.definition, length]);
    this.name = `[${item.name}, ${length}]`;
    this.bytes = item.bytes * length;
    this.align = item.align;
    this.isSolid = item.isSolid;
  }

  read(memory: Memory, at: number): FixedArray<unknown> {
    return new FixedArray(this, memory, at);
  }

  plainAt(memory: Memory, at: number): unknown[] {
    return Array.from({ length: this.length }, (_, i) => this.item.plainAt(memory, at + i * this.item.bytes));
  }

  encode(memory: Memory, at: number, value: unknown, where: string): void {
    const items = itemsOf(value, this.length, where);
    for (let i = 0; i < this.length; i++) this.item.encode(memory, at + i * this.item.bytes, items[i], `${where}[${i}]`);
  }

  move(from: Memory, fromAt: number, to: Memory, toAt: number): void {
    if (this.isSolid && this.bytes > MANY_BYTES) {
      moveMany(from, fromAt, to, toAt, this.bytes);
      return;
    }
    const { bytes } = this.item;
    for (let i = 0; i < this.length; i++) this.item.move(from, fromAt + i * bytes, to, toAt + i * bytes);
  }
}

/**
 * An array inside of a struct whose items are no numbers: booleans, texts, structs or arrays. It is a view on the memory, not a copy.
 *
 * Sent to another process or thread, it is the same memory there.
 */
export class FixedArray<Item, Input = Item> implements MemoryView {
  declare readonly [MEMORY]: Memory;
  declare readonly [AT]: number;
  declare readonly [TYPE]: ItemArray;

  /** @internal */
  constructor(type: ItemArray, memory: Memory, at: number) {
    this[TYPE] = type;
    this[MEMORY] = memory;
    this[AT] = at;
  }

  get length(): number {
    return this[TYPE].length;
  }

  /** The item at `index`, negative from the end: a boolean or a string; of structs and arrays a view. @throws RangeError outside of the array. */
  at(index: number): Item {
    return this[TYPE].item.read(this[MEMORY], this.#place(index, 'at')) as Item;
  }

  /** Writes the item at `index`, negative from the end. @throws RangeError outside of the array, and for a value that does not fit; TypeError for one of another kind; nothing is changed then. */
  set(index: number, value: Input): void {
    const place = this.#place(index, 'set');
    write(this[TYPE].item, this[MEMORY], place, value, `${this[TYPE].name}.set(${index})`);
  }

  *[Symbol.iterator](): IterableIterator<Item> {
    for (let i = 0; i < this.length; i++) yield this.at(i);
  }

  /** A copy of the items in a plain array. */
  toJSON(): unknown[] {
    return this[TYPE].plainAt(this[MEMORY], this[AT]);
  }

  [inspect.custom](_depth: number, options: InspectOptions): string {
    return `FixedArray ${inspect(this.toJSON(), options)}`;
  }

  #place(index: unknown, call: string): number {
    const { item, length, name } = this[TYPE];
    if (typeof index !== 'number' || !Number.isInteger(index)) throw new TypeError(`${name}.${call}: expected a whole number as index, got ${describe(index)}.`);
    const i = index < 0 ? index + length : index;
    if (i < 0 || i >= length) throw new RangeError(`${name}.${call}: index ${index} is outside of the ${length} items.`);
    return this[AT] + i * item.bytes;
  }
}
