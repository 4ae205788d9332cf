/**
 * Bytes under construction: a scratch buffer that grows, and the values that consist of bytes alone.
 *
 * The buffer is reused from message to message. One that grew beyond `KEEP_BYTES` is given up after its message, so that a single huge
 * message does not hold its size for the rest of the thread's life.
 */
import { SerializationError } from '../errors.js';
import { newBytes } from '../memory/new-bytes.js';
import type { TextBuffer } from './buffer-text.js';
import { HEADER_BYTES, SHORT_STRING_MAX, SMALL_MAX, SMALL_MIN, Tag } from './tag.js';

const FIRST_BYTES = 64 * 1024;
const KEEP_BYTES = 4 * 1024 * 1024;
/** Offsets are 32-bit integers everywhere in the codec. */
const MAX_BYTES = 0x7fff_fff8;

/** Up to this length a loop over the characters is faster than a call into the runtime. */
const LOOP_CHARACTERS = 22;
// A pattern that cannot match a one-byte string at all is answered by V8 without looking at the characters.
const WIDE = /[^\0-\xff]/;

/** Room that is always there between two values: enough for any tag with its fixed part. */
const SLACK = 32;

export class Writer {
  bytes!: TextBuffer;
  words!: Int32Array;
  view!: DataView;
  pos = HEADER_BYTES;
  private room = 0;

  constructor(bytes = FIRST_BYTES) {
    this.allocate(bytes);
  }

  /** Makes room for `count` more bytes, and for the fixed part of a value after them. */
  reserve(count: number): void {
    if (this.pos + count + SLACK > this.room) this.grow(count);
  }

  private grow(count: number): void {
    const needed = this.pos + count + SLACK;
    if (needed > MAX_BYTES) {
      throw new SerializationError(`the message is larger than ${MAX_BYTES} bytes; put its large parts in shared memory and send those`);
    }
    const old = this.bytes;
    try {
      this.allocate(Math.min(MAX_BYTES, Math.max(needed, this.room * 2)));
    } catch (cause) {
      const message = `there is no memory for a message of ${needed} bytes; put its large parts in shared memory and send those`;
      throw new SerializationError(message, { cause });
    }
    this.bytes.set(old.subarray(0, this.pos));
  }

  private allocate(bytes: number): void {
    const size = Math.ceil(bytes / 8) * 8;
    this.bytes = newBytes(size) as TextBuffer;
    this.words = new Int32Array(this.bytes.buffer, this.bytes.byteOffset, size / 4);
    this.view = new DataView(this.bytes.buffer, this.bytes.byteOffset, size);
    this.room = size;
  }

  /** Gives up a buffer that one message made large. The next message starts with a small one. */
  shrink(): void {
    if (this.room > KEEP_BYTES) this.allocate(FIRST_BYTES);
  }

  byte(value: number): void {
    this.reserve(1);
    this.bytes[this.pos++] = value;
  }

  /** @param value - an integer from 0 to 2^53 - 1. */
  varint(value: number): void {
    this.reserve(10);
    const { bytes } = this;
    let { pos } = this;
    let rest = value;
    while (rest > 0x7f) {
      // Offsets into session memory may exceed 32 bits, where bit operations would cut them off.
      bytes[pos++] = (rest % 128) | 0x80;
      rest = Math.floor(rest / 128);
    }
    bytes[pos++] = rest;
    this.pos = pos;
  }

  uint32(value: number): void {
    this.reserve(4);
    this.view.setUint32(this.pos, value, true);
    this.pos += 4;
  }

  double(value: number): void {
    this.reserve(8);
    this.view.setFloat64(this.pos, value, true);
    this.pos += 8;
  }

  /** Pads to a multiple of 8, with zeros: the scratch may hold parts of older messages. */
  align(): void {
    this.reserve(8);
    while ((this.pos & 7) !== 0) this.bytes[this.pos++] = 0;
  }

  raw(source: Uint8Array): void {
    this.reserve(source.length);
    this.bytes.set(source, this.pos);
    this.pos += source.length;
  }

  number(value: number): void {
    this.reserve(9);
    const { pos } = this;
    if ((value | 0) === value && (value !== 0 || 1 / value > 0)) {
      if (value >= SMALL_MIN && value <= SMALL_MAX) {
        this.bytes[pos] = Tag.SmallInteger - SMALL_MIN + value;
        this.pos = pos + 1;
      } else {
        this.bytes[pos] = Tag.Int32;
        this.view.setInt32(pos + 1, value, true);
        this.pos = pos + 5;
      }
    } else {
      this.bytes[pos] = Tag.Double;
      this.view.setFloat64(pos + 1, value, true);
      this.pos = pos + 9;
    }
  }

  bigint(value: bigint): void {
    this.reserve(9);
    if (BigInt.asIntN(64, value) === value) {
      this.bytes[this.pos] = Tag.BigInt64;
      this.view.setBigInt64(this.pos + 1, value, true);
      this.pos += 9;
      return;
    }
    const negative = value < 0n;
    const digits = (negative ? -value : value).toString(16);
    const size = (digits.length + 1) >> 1;
    this.byte(Tag.BigInt);
    this.byte(negative ? 1 : 0);
    this.varint(size);
    this.reserve(size);
    this.bytes.write(digits.padStart(size * 2, '0'), this.pos, size, 'hex');
    this.pos += size;
  }

  string(value: string): void {
    const { length } = value;
    if (length > LOOP_CHARACTERS) {
      this.longString(value);
      return;
    }
    this.reserve(length + 1);
    const { bytes } = this;
    const start = this.pos + 1;
    for (let i = 0; i < length; i++) {
      const code = value.charCodeAt(i);
      if (code > 0xff) {
        this.wideString(value);
        return;
      }
      bytes[start + i] = code;
    }
    bytes[start - 1] = Tag.ShortString + length;
    this.pos = start + length;
  }

  private longString(value: string): void {
    if (WIDE.test(value)) {
      this.wideString(value);
      return;
    }
    const { length } = value;
    this.reserve(length + 10);
    if (length <= SHORT_STRING_MAX) {
      this.bytes[this.pos++] = Tag.ShortString + length;
    } else {
      this.bytes[this.pos++] = Tag.Latin1;
      this.varint(length);
    }
    this.pos += this.bytes.latin1Write(value, this.pos, length);
  }

  private wideString(value: string): void {
    const size = value.length * 2;
    this.reserve(size + 10);
    this.bytes[this.pos++] = Tag.Utf16;
    this.varint(value.length);
    this.pos += this.bytes.ucs2Write(value, this.pos, size);
  }
}
