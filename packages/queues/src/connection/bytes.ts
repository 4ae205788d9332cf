/** Byte arguments of `sendBytes` and `recvBytesInto`. */
import { describe, newBytes } from '@manycore/core/internal';
import type { Outgoing } from './channel.js';

/** Whatever bytes can be read from or put in. */
export type Bytes = ArrayBufferView | ArrayBufferLike;

/** The bytes of `value` as a Buffer over the same memory. @throws TypeError */
export function viewOf(value: Bytes, call: string): Buffer {
  if (ArrayBuffer.isView(value)) return Buffer.from(value.buffer as ArrayBuffer, value.byteOffset, value.byteLength);
  if (value instanceof ArrayBuffer || value instanceof SharedArrayBuffer) return Buffer.from(value as ArrayBuffer);
  throw new TypeError(`${call}: expected bytes (a Buffer, another view or an ArrayBuffer), got ${describe(value)}.`);
}

/** Part of `buffer`. @throws TypeError, RangeError as CPython's ValueError: negative, or outside of the buffer. */
export function partOf(buffer: Buffer, offset: number | undefined, size: number | undefined, call: string): Buffer {
  const start = wholeNumber(offset ?? 0, 'offset', call);
  if (start > buffer.length) throw new RangeError(`${call}: offset ${start} is outside of the ${buffer.length} bytes.`);
  const length = wholeNumber(size ?? buffer.length - start, 'size', call);
  if (start + length > buffer.length) throw new RangeError(`${call}: ${length} bytes from ${start} on are more than there are (${buffer.length}).`);
  return buffer.subarray(start, start + length);
}

export function wholeNumber(value: unknown, what: string, call: string): number {
  if (typeof value !== 'number' || Number.isNaN(value)) throw new TypeError(`${call}: ${what} must be a number of bytes, got ${describe(value)}.`);
  if (!Number.isInteger(value) || value < 0) throw new RangeError(`${call}: ${what} must be a whole number >= 0, got ${value}.`);
  return value;
}

const NONE = Object.freeze([]);

/** A message of bytes as they are. */
export class RawMessage implements Outgoing {
  readonly refs = NONE;
  readonly payloads = NONE;

  constructor(readonly bytes: Buffer) {}

  get head(): number {
    return this.bytes.length;
  }

  get length(): number {
    return this.bytes.length;
  }

  commit(): void {
    // Nothing was given away.
  }

  keep(sent = 0): Outgoing {
    const bytes = newBytes(this.length);
    this.bytes.copy(bytes, sent, sent);
    return new RawMessage(bytes);
  }
}
