/** Scalars: element types whose element is one cell of a typed array. */
import { describe } from '@manycore/core/internal';
import type { Cells, ElementType, Store } from './element.js';
import type { Typecode } from './typecode.js';

/** What a cell holds. */
type Raw = number | bigint;

/** How elements of one type become cells, and back. */
interface Coding {
  /** @param where - how a message begins. @throws TypeError, RangeError */
  toRaw(value: unknown, where: string): Raw;
  toElement(raw: Raw): unknown;
}

interface CellsConstructor {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): Cells;
}

/** What can be done with it beside reading and writing. */
export type ScalarKind = 'integer' | 'big' | 'float' | 'boolean' | 'bytes' | 'text';

export class Scalar implements ElementType<unknown> {
  readonly bytes: number;
  readonly align: number;

  constructor(
    readonly name: Typecode,
    readonly kind: ScalarKind,
    readonly Cells: CellsConstructor,
    readonly coding: Coding,
  ) {
    this.bytes = this.align = Cells.BYTES_PER_ELEMENT;
  }

  get definition(): Typecode {
    return this.name;
  }

  store(buffer: ArrayBufferLike, byteOffset: number, count: number): ScalarStore {
    return new ScalarStore(this, new this.Cells(buffer, byteOffset, count));
  }
}

export class ScalarStore implements Store<unknown> {
  readonly #coding: Coding;

  constructor(
    readonly scalar: Scalar,
    readonly cells: Cells,
  ) {
    this.#coding = scalar.coding;
  }

  get(index: number): unknown {
    return this.#coding.toElement(this.cells[index]!);
  }

  set(index: number, value: unknown, where: string): void {
    this.cells[index] = this.#coding.toRaw(value, where);
  }

  /** Numbers as a typed array over memory of its own; text as a string; booleans as an array. */
  copy(start: number, end: number): unknown {
    const { kind } = this.scalar;
    if (kind === 'bytes' || kind === 'text') return this.text(start, end);
    if (kind === 'boolean') return Array.from(this.cells.subarray(start, end) as Uint8Array, (raw) => raw !== 0);
    return this.cells.slice(start, end);
  }

  text(start: number, end: number): string {
    let text = '';
    for (let i = start; i < end; i++) text += this.get(i) as string;
    return text;
  }
}

const identity = (raw: Raw): Raw => raw;

function integer(bits: number, isSigned: boolean): Coding {
  const least = isSigned ? -(2 ** (bits - 1)) : 0;
  const most = 2 ** (isSigned ? bits - 1 : bits) - 1;
  return {
    toRaw(value, where) {
      if (typeof value !== 'number') throw new TypeError(`${where}: expected a whole number, got ${describe(value)}.`);
      if (value >= least && value <= most && Number.isInteger(value)) return value;
      if (Number.isNaN(value) || (Number.isFinite(value) && !Number.isInteger(value))) throw new TypeError(`${where}: expected a whole number, got ${value}.`);
      throw outOfRange(value, least, most, where);
    },
    toElement: identity,
  };
}

function bigInteger(isSigned: boolean): Coding {
  const least = isSigned ? -(2n ** 63n) : 0n;
  const most = 2n ** (isSigned ? 63n : 64n) - 1n;
  return {
    toRaw(value, where) {
      if (typeof value !== 'bigint' && !Number.isSafeInteger(value)) throw new TypeError(`${where}: expected a bigint, or a number that is a safe integer, got ${describe(value)}.`);
      const big = BigInt(value as bigint | number);
      if (big < least || big > most) throw outOfRange(big, least, most, where);
      return big;
    },
    toElement: identity,
  };
}

const float: Coding = {
  toRaw(value, where) {
    if (typeof value !== 'number') throw new TypeError(`${where}: expected a number, got ${describe(value)}.`);
    return value;
  },
  toElement: identity,
};

const boolean: Coding = {
  toRaw(value, where) {
    if (typeof value !== 'boolean') throw new TypeError(`${where}: expected a boolean, got ${describe(value)}.`);
    return value ? 1 : 0;
  },
  toElement: (raw) => raw !== 0,
};

/** One character of text, as its code. */
function character(most: number, what: string): Coding {
  return {
    toRaw(value, where) {
      if (typeof value !== 'string') throw new TypeError(`${where}: expected ${what}, got ${describe(value)}.`);
      const code = value.codePointAt(0);
      if (code === undefined || value.length !== (code > 0xffff ? 2 : 1)) throw new TypeError(`${where}: expected ${what}, got ${describe(value)}.`);
      if (code > most) throw new RangeError(`${where}: expected ${what}, got ${describe(value)}.`);
      return code;
    },
    // What others wrote there need not be a character.
    toElement: (raw) => ((raw as number) <= LAST_CODE_POINT ? String.fromCodePoint(raw as number) : '\ufffd'),
  };
}

const LAST_CODE_POINT = 0x10_ffff;

const outOfRange = (value: Raw, least: Raw, most: Raw, where: string): RangeError => new RangeError(`${where}: ${value} is out of range; it must be from ${least} to ${most}.`);

const SCALARS: Readonly<Record<Typecode, Scalar>> = (() => {
  const i8 = new Scalar('b', 'integer', Int8Array, integer(8, true));
  const u8 = new Scalar('B', 'integer', Uint8Array, integer(8, false));
  const i16 = new Scalar('h', 'integer', Int16Array, integer(16, true));
  const u16 = new Scalar('H', 'integer', Uint16Array, integer(16, false));
  const i32 = new Scalar('i', 'integer', Int32Array, integer(32, true));
  const u32 = new Scalar('I', 'integer', Uint32Array, integer(32, false));
  const i64 = new Scalar('q', 'big', BigInt64Array, bigInteger(true));
  const u64 = new Scalar('Q', 'big', BigUint64Array, bigInteger(false));
  const f32 = new Scalar('f', 'float', Float32Array, float);
  const f64 = new Scalar('d', 'float', Float64Array, float);
  const bool = new Scalar('?', 'boolean', Uint8Array, boolean);
  const c = new Scalar('c', 'bytes', Uint8Array, character(0xff, 'one character of one byte (Latin-1)'));
  const u = new Scalar('u', 'text', Uint32Array, character(LAST_CODE_POINT, 'one code point'));
  return {
    b: i8, i8, B: u8, u8, h: i16, i16, H: u16, u16, i: i32, i32, I: u32, u32,
    l: i64, q: i64, i64, L: u64, Q: u64, u64, f: f32, f32, d: f64, f64, '?': bool, bool, c, u,
  };
})();

export const TYPECODES: readonly Typecode[] = Object.freeze(Object.keys(SCALARS) as Typecode[]);

export function scalarOf(code: unknown): Scalar | undefined {
  return typeof code === 'string' && Object.hasOwn(SCALARS, code) ? SCALARS[code as Typecode] : undefined;
}
