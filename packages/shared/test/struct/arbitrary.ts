/** Random structs and values for them. */
import * as fc from 'fast-check';
import type { FieldDefinition, StructDefinition } from '../../src/index.js';

export const CODES = ['b', 'B', 'h', 'H', 'i', 'I', 'l', 'L', 'q', 'Q', 'f', 'd', '?', 'c', 'u', 'i8', 'u8', 'i16', 'u16', 'i32', 'u32', 'i64', 'u64', 'f32', 'f64', 'bool'] as const;

/** As `fc.string({ unit: 'binary' })`, which makes a table of all characters first: that takes longer than most tests. */
export const wide = (constraints: fc.ArrayConstraints): fc.Arbitrary<string> =>
  fc.array(fc.nat(0x10f7ff), constraints).map((points) => String.fromCodePoint(...points.map((point) => (point < 0xd800 ? point : point + 0x800))));

const name = fc.oneof(fc.stringMatching(/^[a-z]\w{0,6}$/), fc.string({ minLength: 1, maxLength: 5 }).map((text) => `x${text}`), fc.constantFrom('é', 'first name', 'x-y', 'length', 'at', 'memory', 'value', 'then', 'fields')).filter((name) => !(name in Object.prototype) && !name.includes('\0'));

const { struct } = fc.letrec<{ struct: StructDefinition; field: FieldDefinition }>((tie) => ({
  struct: fc
    .uniqueArray(fc.tuple(name, tie('field')), { selector: ([name]) => name, minLength: 1, maxLength: 7, depthIdentifier: 'struct' })
    .map((fields) => Object.fromEntries(fields)),
  field: fc.oneof(
    { maxDepth: 3, depthIdentifier: 'struct' },
    { weight: 6, arbitrary: fc.constantFrom(...CODES) },
    { weight: 2, arbitrary: fc.tuple(fc.constantFrom(...CODES), fc.integer({ min: 1, max: 20 })) },
    { weight: 1, arbitrary: fc.tuple(tie('field'), fc.integer({ min: 1, max: 4 })) as fc.Arbitrary<FieldDefinition> },
    { weight: 2, arbitrary: tie('struct') },
  ),
}));

/** In every depth, with fields of every type. */
export const definition = struct;

const INTEGERS: Record<string, [bigint, bigint]> = { b: [-128n, 127n], B: [0n, 255n], h: [-32768n, 32767n], H: [0n, 65535n], i: [-(2n ** 31n), 2n ** 31n - 1n], I: [0n, 2n ** 32n - 1n], q: [-(2n ** 63n), 2n ** 63n - 1n], Q: [0n, 2n ** 64n - 1n] };
const CANONICAL: Record<string, string> = { i8: 'b', u8: 'B', i16: 'h', u16: 'H', i32: 'i', u32: 'I', l: 'q', L: 'Q', i64: 'q', u64: 'Q', f32: 'f', f64: 'd', bool: '?' };

export const canonical = (code: string): string => CANONICAL[code] ?? code;

function scalar(code: string): fc.Arbitrary<unknown> {
  const integers = INTEGERS[code];
  if (integers !== undefined) return fc.oneof(fc.bigInt(integers[0], integers[1]), fc.constantFrom(...integers)).map((big) => (code === 'q' || code === 'Q' ? big : Number(big)));
  // NaNs have many forms, and every language its own.
  if (code === 'f') return fc.float({ noNaN: true });
  if (code === 'd') return fc.double({ noNaN: true });
  if (code === '?') return fc.boolean();
  if (code === 'c') return fc.integer({ min: 0, max: 255 }).map((byte) => String.fromCharCode(byte));
  return wide({ minLength: 1, maxLength: 1 });
}

/** Text that fits and has no NUL. */
function text(code: string, length: number): fc.Arbitrary<string> {
  const any = wide({ maxLength: length }).map((text) => text.replaceAll('\0', '0'));
  return code === 'u' ? any : any.map((text) => Buffer.from(text).subarray(0, length).toString().replaceAll('\ufffd', '')).filter((text) => Buffer.byteLength(text) <= length);
}

/** Whole values of a field or a struct, as they read back. */
export function valueOf(type: FieldDefinition): fc.Arbitrary<unknown> {
  if (typeof type === 'string') return scalar(canonical(type));
  if (Array.isArray(type)) {
    const [item, length] = type as [FieldDefinition, number];
    if (item === 'c' || item === 'u') return text(item, length);
    return fc.array(valueOf(item), { minLength: length, maxLength: length });
  }
  return fc.record(Object.fromEntries(Object.entries(type as StructDefinition).map(([name, field]) => [name, valueOf(field)])), { noNullPrototype: true });
}

export const structAndValue = definition.chain((fields) => valueOf(fields).map((value) => [fields, value as Readonly<Record<string, unknown>>] as const));
