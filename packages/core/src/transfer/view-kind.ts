/** The kinds of view on a buffer. The position in the list is what a message says, so the order is part of the format. */
import { types } from 'node:util';

const NAMES = [
  'DataView',
  'Buffer',
  'Int8Array',
  'Uint8Array',
  'Uint8ClampedArray',
  'Int16Array',
  'Uint16Array',
  'Int32Array',
  'Uint32Array',
  'Float32Array',
  'Float64Array',
  'BigInt64Array',
  'BigUint64Array',
  'Float16Array',
] as const;

export const DATA_VIEW = 0;
export const BUFFER = 1;

const numbers = new Map<string, number>(NAMES.map((name, number) => [name, number]));
const typedArrayName = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Int8Array.prototype), Symbol.toStringTag)!.get as () => string;

/** A subclass counts as what it derives from; a Buffer is kept apart from other Uint8Arrays. */
export function viewKind(view: ArrayBufferView): number {
  if (types.isDataView(view)) return DATA_VIEW;
  return Buffer.isBuffer(view) ? BUFFER : numbers.get(typedArrayName.call(view))!;
}

type ViewConstructor = new (buffer: ArrayBufferLike, byteOffset: number, length?: number) => ArrayBufferView;

/**
 * Makes a view. Throws RangeError when it does not fit its buffer, as the constructors do.
 *
 * @param length - in elements; undefined to follow the length of the buffer.
 */
export function makeView(kind: number, buffer: ArrayBufferLike, byteOffset: number, length: number | undefined): ArrayBufferView {
  if (kind === BUFFER) return Buffer.from(buffer as ArrayBuffer, byteOffset, length);
  const name = NAMES[kind];
  const constructor = name === undefined ? undefined : (globalThis as unknown as Record<string, ViewConstructor | undefined>)[name];
  if (constructor === undefined) throw new RangeError(`this Node has no views of kind ${name ?? kind}`);
  return length === undefined ? new constructor(buffer, byteOffset) : new constructor(buffer, byteOffset, length);
}
