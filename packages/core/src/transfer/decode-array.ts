/** Arrays from bytes. */
import type { Decoder } from './decoder.js';
import { BULK_NUMBERS, Tag } from './tag.js';

export function readArray(decoder: Decoder, mark: number): unknown[] {
  const length = decoder.count();
  const array = new Array<unknown>(length);
  if (mark >= 0) decoder.remember(mark, array);
  for (let i = 0; i < length; i++) {
    if (decoder.bytes[decoder.pos] === Tag.Hole) decoder.pos++;
    else array[i] = decoder.value();
  }
  return array;
}

export function readInt32s(decoder: Decoder): number[] {
  const length = decoder.count(4);
  const array = new Array<number>(length);
  if (length < BULK_NUMBERS) {
    for (let i = 0; i < length; i++) array[i] = decoder.int32();
    return array;
  }
  decoder.align();
  for (let at = 0; at < length; ) {
    const count = fillStage(decoder, length - at, 4);
    for (let i = 0; i < count; i++) array[at++] = stagedInt32s[i]!;
  }
  return array;
}

export function readDoubles(decoder: Decoder): number[] {
  const length = decoder.count(8);
  const array = new Array<number>(length);
  if (length < BULK_NUMBERS) {
    for (let i = 0; i < length; i++) array[i] = decoder.double();
    return array;
  }
  decoder.align();
  for (let at = 0; at < length; ) {
    const count = fillStage(decoder, length - at, 8);
    for (let i = 0; i < count; i++) array[at++] = stagedDoubles[i]!;
  }
  return array;
}

/** A view needs an aligned address, which a message need not have: numbers are read from here, by the piece, since memory that was used before is fast. */
const stage = new Uint8Array(16 * 1024);
const stagedInt32s = new Int32Array(stage.buffer);
const stagedDoubles = new Float64Array(stage.buffer);

/** The next numbers of `size` bytes, at most `left`; returns how many. */
function fillStage(decoder: Decoder, left: number, size: number): number {
  const count = Math.min(stage.length / size, left);
  const pos = decoder.take(count * size);
  stage.set(decoder.bytes.subarray(pos, decoder.pos));
  return count;
}

export function readSparseArray(decoder: Decoder, mark: number): unknown[] {
  const array: unknown[] = [];
  if (mark >= 0) decoder.remember(mark, array);
  setLength(array, decoder.varint());
  const count = decoder.count(2);
  for (let i = 0; i < count; i++) {
    const index = decoder.varint();
    if (index >= array.length) throw decoder.damaged('an element outside of its array');
    array[index] = decoder.value();
  }
  return array;
}

/** The last index there is. */
const FAR = 0xffff_fffe;

/**
 * Makes an empty array as long as that without memory for its elements, which setting `length` would allocate. An element so far out makes a hash table of the array, whatever its length;
 * up to 1024 elements would be allocated otherwise, for five bytes of a message.
 */
function setLength(array: unknown[], length: number): void {
  if (length > FAR + 1) throw new RangeError('an array is too long');
  array[FAR] = undefined;
  Reflect.deleteProperty(array, FAR);
  array.length = length;
}

/** Properties that come with their keys. Defined, not assigned: a key may be called __proto__. */
export function readProperties<T extends object>(decoder: Decoder, target: T): T {
  const count = decoder.count(2);
  for (let i = 0; i < count; i++) {
    const key = decoder.string();
    Object.defineProperty(target, key, { value: decoder.value(), enumerable: true, writable: true, configurable: true });
  }
  return target;
}
