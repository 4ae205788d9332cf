/**
 * Bytes of a message under inspection: every length is checked against what is left before anything is allocated for it, so that damaged
 * bytes end in an error and never in a crash, a hang or a huge allocation.
 */
import { SerializationError } from '../errors.js';
import type { TextBuffer } from './buffer-text.js';
import { Tag } from './tag.js';

/** Up to this length a string is made from its character codes, which is faster than a call into the runtime. */
const FEW_CHARACTERS = 12;

const fromCodes = String.fromCharCode as (...codes: (number | undefined)[]) => string;
const staged = new Float64Array(1);
const stagedBytes = new Uint8Array(staged.buffer);

export const EMPTY = Buffer.alloc(0) as TextBuffer;

export class Reader {
  bytes = EMPTY;
  start = 0;
  pos = 0;
  end = 0;

  damaged(problem: string, cause?: unknown): SerializationError {
    const at = `at byte ${this.pos - this.start} of ${this.end - this.start}`;
    return new SerializationError(`the message is damaged: ${problem} (${at})`, cause === undefined ? {} : { cause });
  }

  /** Checks that `count` more bytes are there, and steps over them. Returns where they start. */
  take(count: number): number {
    const { pos } = this;
    if (count > this.end - pos) throw this.damaged(`${count} bytes expected`);
    this.pos = pos + count;
    return pos;
  }

  byte(): number {
    return this.bytes[this.take(1)]!;
  }

  varint(): number {
    const first = this.byte();
    return first < 0x80 ? first : this.longVarint(first);
  }

  private longVarint(first: number): number {
    let value = first - 0x80;
    let scale = 128;
    for (;;) {
      const byte = this.byte();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) break;
      scale *= 128;
    }
    if (!Number.isSafeInteger(value)) throw this.damaged('a length is out of range');
    return value;
  }

  /** A count of things that take at least `size` bytes each. */
  count(size = 1): number {
    const count = this.varint();
    if (count * size > this.end - this.pos) throw this.damaged(`${count} values expected`);
    return count;
  }

  uint32(): number {
    return this.int32() >>> 0;
  }

  int32(): number {
    const { bytes } = this;
    const pos = this.take(4);
    return bytes[pos]! | (bytes[pos + 1]! << 8) | (bytes[pos + 2]! << 16) | (bytes[pos + 3]! << 24);
  }

  double(): number {
    const { bytes } = this;
    const pos = this.take(8);
    for (let i = 0; i < 8; i++) stagedBytes[i] = bytes[pos + i]!;
    return staged[0]!;
  }

  /** Steps over padding. */
  align(): void {
    this.take((this.start - this.pos) & 7);
  }

  bigint64(): bigint {
    return this.bytes.readBigInt64LE(this.take(8));
  }

  bigint(): bigint {
    const negative = this.byte() === 1;
    const size = this.count();
    const pos = this.take(size);
    const magnitude = size === 0 ? 0n : BigInt(`0x${this.bytes.toString('hex', pos, pos + size)}`);
    return negative ? -magnitude : magnitude;
  }

  /** A value that must be a string. */
  string(): string {
    const tag = this.byte();
    if (tag >= Tag.ShortString) return this.latin1(tag - Tag.ShortString);
    if (tag === Tag.Latin1) return this.latin1(this.varint());
    if (tag === Tag.Utf16) return this.utf16();
    throw this.damaged('a string expected');
  }

  latin1(length: number): string {
    const pos = this.take(length);
    return length <= FEW_CHARACTERS ? this.characters(pos, length) : this.bytes.latin1Slice(pos, pos + length);
  }

  utf16(): string {
    const length = this.varint() * 2;
    const pos = this.take(length);
    return this.bytes.ucs2Slice(pos, pos + length);
  }

  private characters(p: number, length: number): string {
    const b = this.bytes;
    switch (length) {
      case 0:
        return '';
      case 1:
        return fromCodes(b[p]);
      case 2:
        return fromCodes(b[p], b[p + 1]);
      case 3:
        return fromCodes(b[p], b[p + 1], b[p + 2]);
      case 4:
        return fromCodes(b[p], b[p + 1], b[p + 2], b[p + 3]);
      case 5:
        return fromCodes(b[p], b[p + 1], b[p + 2], b[p + 3], b[p + 4]);
      case 6:
        return fromCodes(b[p], b[p + 1], b[p + 2], b[p + 3], b[p + 4], b[p + 5]);
      case 7:
        return fromCodes(b[p], b[p + 1], b[p + 2], b[p + 3], b[p + 4], b[p + 5], b[p + 6]);
      case 8:
        return fromCodes(b[p], b[p + 1], b[p + 2], b[p + 3], b[p + 4], b[p + 5], b[p + 6], b[p + 7]);
      default:
        return this.characters(p, 8) + this.characters(p + 8, length - 8);
    }
  }
}
