/**
 * What an accessor and a fixed array are: a place in memory, under two symbols, so that every name is free for fields.
 *
 * Symbols and not private names: V8 then keeps an accessor that does not leave a loop in registers (with private names `array.at(i).x += 1` takes three times as long).
 */
import { RemoteError } from '@manycore/core';
import { backingOf, describe } from '@manycore/core/internal';
import type { FieldType } from './field-type.js';
import { Memory } from './memory.js';

export const MEMORY: unique symbol = Symbol('memory');
/** In bytes from the start of the memory. */
export const AT: unique symbol = Symbol('at');
export const TYPE: unique symbol = Symbol('type');

export interface MemoryView {
  readonly [MEMORY]: Memory;
  readonly [AT]: number;
  readonly [TYPE]: FieldType;
}

/** The type of a view; undefined for every other value. */
export function viewedType(value: unknown): FieldType | undefined {
  return typeof value === 'object' && value !== null ? (value as Partial<MemoryView>)[TYPE] : undefined;
}

/** What is sent of a view. */
export interface SentView {
  readonly type: unknown;
  readonly bytes: Uint8Array;
}

/** Memory of this project travels by reference, as the part that is looked at; other memory could not be shared, and is copied. */
export function sent({ [MEMORY]: memory, [AT]: at, [TYPE]: type }: MemoryView): SentView {
  const bytes = new Uint8Array(memory.buffer, memory.byteOffset + at, type.bytes);
  return { type: type.definition, bytes: backingOf(memory.buffer) === undefined ? bytes.slice() : bytes };
}

/** @param make - makes the type from its definition. @throws RemoteError for bytes that are none of that type; what `make` throws. */
export function arrived(data: unknown, make: (definition: unknown) => FieldType): unknown {
  const { type: definition, bytes } = (data ?? {}) as Partial<SentView>;
  const type = make(definition);
  if (bytes instanceof Uint8Array && bytes.length === type.bytes && bytes.byteOffset % type.align === 0) return type.read(new Memory(bytes.buffer, bytes.byteOffset, bytes.length, type.align), 0);
  throw new RemoteError(`manycore: ${type.name} was received with ${bytes instanceof Uint8Array ? `${bytes.length} bytes at ${bytes.byteOffset}` : describe(bytes)} instead of ${type.bytes} aligned bytes.`);
}
