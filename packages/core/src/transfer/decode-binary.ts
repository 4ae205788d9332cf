/** Buffers and views from bytes. */
import { types } from 'node:util';
import type { Decoder } from './decoder.js';
import { Tag } from './tag.js';
import { BUFFER, makeView } from './view-kind.js';

/** A Buffer from this size on, or one that is most of its message, may be a view on the message itself, when nobody else uses that. A small one would keep a large message. */
const ALIAS_BYTES = 64 * 1024;

/** A buffer of its own with a copy of `length` bytes from `pos`. */
function copyOf(decoder: Decoder, pos: number, length: number): ArrayBuffer {
  const { bytes } = decoder;
  const from = bytes.byteOffset + pos;
  // `slice` does not clear the memory before it fills it; but of shared memory it would make shared memory.
  if (types.isArrayBuffer(bytes.buffer)) return bytes.buffer.slice(from, from + length);
  const buffer = new ArrayBuffer(length);
  new Uint8Array(buffer).set(new Uint8Array(bytes.buffer, from, length));
  return buffer;
}

export function readArrayBuffer(decoder: Decoder): ArrayBuffer {
  const length = decoder.varint();
  decoder.align();
  return copyOf(decoder, decoder.take(length), length);
}

/** One that came beside the message, in memory that is the receiver's. */
export function readApartBuffer(decoder: Decoder): ArrayBuffer {
  const length = decoder.varint();
  const payload = decoder.nextPayload();
  if (payload?.byteLength !== length) throw decoder.damaged(`${length} bytes beside it expected`);
  return payload;
}

export function readResizableBuffer(decoder: Decoder): ArrayBuffer {
  const length = decoder.varint();
  const maxByteLength = decoder.varint();
  decoder.align();
  const pos = decoder.take(length);
  const buffer = new (ArrayBuffer as new (length: number, options: object) => ArrayBuffer)(length, { maxByteLength });
  new Uint8Array(buffer).set(decoder.bytes.subarray(pos, pos + length));
  return buffer;
}

/** A Buffer that had a buffer of its own, or one that is given one. */
export function readBuffer(decoder: Decoder): Buffer {
  const length = decoder.varint();
  decoder.align();
  return bufferAt(decoder, decoder.take(length), length);
}

function bufferAt(decoder: Decoder, pos: number, length: number): Buffer {
  const { bytes, start, end } = decoder;
  if (decoder.own && (length >= ALIAS_BYTES || length * 2 >= end - start)) return bytes.subarray(pos, pos + length);
  const copy = Buffer.allocUnsafe(length);
  bytes.copy(copy, 0, pos, pos + length);
  return copy;
}

export function readView(decoder: Decoder): ArrayBufferView {
  const kind = decoder.byte();
  const byteOffset = decoder.varint();
  const length = decoder.varint() - 1;
  if (kind === BUFFER && decoder.own && decoder.bytes[decoder.pos] === Tag.ArrayBuffer) {
    // Nothing else in the message refers to this buffer, else its tag would be marked: it need not be an ArrayBuffer of its own.
    decoder.pos++;
    const whole = readBuffer(decoder);
    if (length < 0 || byteOffset + length > whole.length) throw decoder.damaged('a view does not fit its buffer');
    return whole.subarray(byteOffset, byteOffset + length);
  }
  const buffer = decoder.value();
  if (!types.isAnyArrayBuffer(buffer)) throw decoder.damaged('a view on something that is no buffer');
  return makeView(kind, buffer, byteOffset, length < 0 ? undefined : length);
}
