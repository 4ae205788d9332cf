/**
 * Text of limited length in a struct, up to the first NUL: `['c', n]` is UTF-8 in n bytes, `['u', n]` is n code points of 4 bytes. Text as long as there is room has no NUL behind it. What is behind the text is zeroed
 * when it is written.
 *
 * Text that is too long is refused, or with `'cut'` cut behind the last character (code point) that fits: never inside of one.
 *
 * @see Python `ctypes.c_char * n` and `ctypes.c_wchar * n` as fields. Differs: `c` holds strings, which Python has to encode; NUL inside of text is refused for both; what was behind shorter text does not stay.
 */
import { describe } from '@manycore/core/internal';
import { scalarOf, type Scalar } from '../scalar.js';
import type { TextCode } from '../typecode.js';
import type { FieldType, NamedType } from './field-type.js';
import type { Memory } from './memory.js';
import { MANY_BYTES, moveBytes, moveMany } from './move-bytes.js';

abstract class FixedText implements FieldType {
  readonly name: string;
  readonly bytes: number;
  readonly align: number;
  readonly isSolid = true;
  readonly type: NamedType;
  readonly definition: readonly [code: TextCode, length: number, rule?: 'cut'];

  constructor(
    scalar: Scalar,
    readonly length: number,
    readonly isCut: boolean,
  ) {
    const code = scalar.name as TextCode;
    this.type = this.definition = Object.freeze(isCut ? ([code, length, 'cut'] as const) : ([code, length] as const));
    this.name = `['${code}', ${length}${isCut ? ", 'cut'" : ''}]`;
    this.align = scalar.align;
    this.bytes = scalar.bytes * length;
  }

  abstract read(memory: Memory, at: number): string;
  protected abstract put(memory: Memory, at: number, text: string, where: string): void;

  plainAt(memory: Memory, at: number): string {
    return this.read(memory, at);
  }

  encode(memory: Memory, at: number, value: unknown, where: string): void {
    if (typeof value !== 'string') throw new TypeError(`${where}: expected a string, got ${describe(value)}.`);
    if (value.includes('\0')) throw new RangeError(`${where}: the text has a NUL in it (at index ${value.indexOf('\0')}), and would end there.`);
    this.put(memory, at, value, where);
  }

  move(from: Memory, fromAt: number, to: Memory, toAt: number): void {
    if (this.bytes > MANY_BYTES) moveMany(from, fromAt, to, toAt, this.bytes);
    else moveBytes(from, fromAt, to, toAt, this.bytes, this.align);
  }

  protected tooLong(length: number, unit: string, where: string): RangeError {
    return new RangeError(`${where}: the text has ${length} ${unit} and there is room for ${this.length}. Declare it as ['${this.definition[0]}', ${this.length}, 'cut'] to have long text cut.`);
  }
}

const encoder = new TextEncoder();
let decodable = Buffer.allocUnsafeSlow(64);

/** UTF-8. Half a surrogate pair is written as U+FFFD, as everywhere in Node; bytes that are no UTF-8 are read as that. */
export class Utf8Text extends FixedText {
  constructor(length: number, isCut: boolean) {
    super(scalarOf('c')!, length, isCut);
  }

  read(memory: Memory, at: number): string {
    // Copied first: others may write to it while it is decoded.
    if (decodable.length < this.length) decodable = Buffer.allocUnsafeSlow(this.length);
    let length = 0;
    for (; length < this.length; length++) {
      const byte = memory.u8[at + length]!;
      if (byte === 0) break;
      decodable[length] = byte;
    }
    return decodable.toString('utf8', 0, length);
  }

  protected put(memory: Memory, at: number, text: string, where: string): void {
    // Writes whole characters only.
    const { read } = encoder.encodeInto(text, memory.u8.subarray(at, at + this.bytes));
    if (read < text.length && !this.isCut) throw this.tooLong(Buffer.byteLength(text), 'bytes', where);
  }
}

/** A code point in each cell. */
export class CodePointText extends FixedText {
  readonly #toElement: Scalar['coding']['toElement'];

  constructor(length: number, isCut: boolean) {
    const scalar = scalarOf('u')!;
    super(scalar, length, isCut);
    this.#toElement = scalar.coding.toElement;
  }

  read(memory: Memory, at: number): string {
    let text = '';
    for (let i = 0; i < this.length; i++) {
      const code = memory.u32[at / 4 + i]!;
      if (code === 0) break;
      text += this.#toElement(code) as string;
    }
    return text;
  }

  protected put(memory: Memory, at: number, text: string, where: string): void {
    let length = 0;
    for (const character of text) {
      if (length < this.length) memory.u32[at / 4 + length] = character.codePointAt(0)!;
      else if (this.isCut) return;
      length++;
    }
    if (length > this.length) throw this.tooLong(length, 'code points', where);
  }
}
