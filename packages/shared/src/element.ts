/**
 * What shared memory is made of: an element type knows how long one element is and where it may lie, and opens memory as a store of elements. There are two kinds: scalars (scalar.ts), which are numbers and
 * text, and structs (struct.ts).
 */

/** A typed array over the memory, one cell for each element; of structs, one for each byte. */
export type Cells =
  | Int8Array<ArrayBufferLike>
  | Uint8Array<ArrayBufferLike>
  | Int16Array<ArrayBufferLike>
  | Uint16Array<ArrayBufferLike>
  | Int32Array<ArrayBufferLike>
  | Uint32Array<ArrayBufferLike>
  | BigInt64Array<ArrayBufferLike>
  | BigUint64Array<ArrayBufferLike>
  | Float32Array<ArrayBufferLike>
  | Float64Array<ArrayBufferLike>;

/** Elements in memory. Indexes are whole numbers that the caller has checked. */
export interface Store<Element> {
  readonly cells: Cells;
  get(index: number): Element;
  /** @param where - how a message begins: `Value('i')`. @throws TypeError, RangeError for a value that does not fit; then nothing was changed. */
  set(index: number, value: unknown, where: string): void;
  /** A copy of elements from `start` to before `end`, which shares nothing. */
  copy(start: number, end: number): unknown;
}

export interface ElementType<Element> {
  /** As in messages: `'i'`. */
  readonly name: string;
  readonly bytes: number;
  /** In bytes; a power of two. */
  readonly align: number;
  /** Plain data from which `elementType` makes an equal one elsewhere. */
  readonly definition: unknown;
  /** Opens memory at a multiple of `align`. */
  store(buffer: ArrayBufferLike, byteOffset: number, count: number): Store<Element>;
}
