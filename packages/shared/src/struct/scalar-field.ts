/** Scalars as fields: a typecode's coding (scalar.ts), and how a cell is read and written anywhere in memory. */
import { scalarOf, TYPECODES, type Scalar } from '../scalar.js';
import type { Typecode } from '../typecode.js';
import type { FieldType } from './field-type.js';
import type { Memory } from './memory.js';
import { moveBytes } from './move-bytes.js';

type Raw = number | bigint;

interface Access {
  get(memory: Memory, at: number): Raw;
  put(memory: Memory, at: number, raw: Raw): void;
}

// One function for each: V8 inlines what it knows to be called.
const UINT8: Access = { get: (memory, at) => memory.u8[at]!, put: (memory, at, raw) => void (memory.u8[at] = raw as number) };
const INT8: Access = { get: (memory, at) => memory.i8[at]!, put: (memory, at, raw) => void (memory.i8[at] = raw as number) };
const INT16: Access = { get: (memory, at) => memory.i16[at / 2]!, put: (memory, at, raw) => void (memory.i16[at / 2] = raw as number) };
const UINT16: Access = { get: (memory, at) => memory.u16[at / 2]!, put: (memory, at, raw) => void (memory.u16[at / 2] = raw as number) };
const INT32: Access = { get: (memory, at) => memory.i32[at / 4]!, put: (memory, at, raw) => void (memory.i32[at / 4] = raw as number) };
const UINT32: Access = { get: (memory, at) => memory.u32[at / 4]!, put: (memory, at, raw) => void (memory.u32[at / 4] = raw as number) };
const INT64: Access = { get: (memory, at) => memory.i64[at / 8]!, put: (memory, at, raw) => void (memory.i64[at / 8] = raw as bigint) };
const UINT64: Access = { get: (memory, at) => memory.u64[at / 8]!, put: (memory, at, raw) => void (memory.u64[at / 8] = raw as bigint) };
const FLOAT32: Access = { get: (memory, at) => memory.f32[at / 4]!, put: (memory, at, raw) => void (memory.f32[at / 4] = raw as number) };
const FLOAT64: Access = { get: (memory, at) => memory.f64[at / 8]!, put: (memory, at, raw) => void (memory.f64[at / 8] = raw as number) };

const ACCESS = new Map<Typecode, Access>([
  ['b', INT8], ['B', UINT8], ['h', INT16], ['H', UINT16], ['i', INT32], ['I', UINT32], ['q', INT64], ['Q', UINT64], ['f', FLOAT32], ['d', FLOAT64], ['?', UINT8], ['c', UINT8], ['u', UINT32],
]);

export class ScalarField implements FieldType {
  readonly name: string;
  readonly type: Typecode;
  readonly bytes: number;
  readonly align: number;
  readonly isSolid = true;
  readonly #access: Access;

  constructor(readonly scalar: Scalar) {
    this.type = scalar.name;
    this.name = `'${scalar.name}'`;
    this.bytes = scalar.bytes;
    this.align = scalar.align;
    this.#access = ACCESS.get(scalar.name)!;
  }

  get definition(): Typecode {
    return this.type;
  }

  read(memory: Memory, at: number): unknown {
    return this.scalar.coding.toElement(this.#access.get(memory, at));
  }

  plainAt(memory: Memory, at: number): unknown {
    return this.read(memory, at);
  }

  encode(memory: Memory, at: number, value: unknown, where: string): void {
    this.#access.put(memory, at, this.scalar.coding.toRaw(value, where));
  }

  move(from: Memory, fromAt: number, to: Memory, toAt: number): void {
    moveBytes(from, fromAt, to, toAt, this.bytes, this.align);
  }

  /** What reads and writes it without a look at this object: for the properties of accessors, which are hot. */
  get parts(): Access & Scalar['coding'] {
    return { ...this.#access, ...this.scalar.coding };
  }
}

const FIELDS = new Map<Scalar, ScalarField>(TYPECODES.map((code) => scalarOf(code)!).map((scalar) => [scalar, new ScalarField(scalar)]));

export function scalarField(scalar: Scalar): ScalarField {
  return FIELDS.get(scalar)!;
}
