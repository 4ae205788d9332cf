import { inspect } from 'node:util';
import fc from 'fast-check';
import { setImmediate as turn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { until } from '@manycore/testing';
import { describe, expect, it } from 'vitest';
import { struct, type Struct, type StructDefinition } from '../../src/index.js';
import { definition } from './arbitrary.js';

const Point = struct({ x: 'f64', y: 'f64' });

describe('struct', () => {
  it('lays fields out in their order, each at its alignment, with padding between and behind', () => {
    const Mixed = struct({ a: 'u8', b: 'f64', c: ['u16', 3], d: { e: 'b', f: 'i32' }, g: ['c', 5] });
    expect(Mixed.fields.map(({ name, offset, bytes }) => [name, offset, bytes])).toEqual([['a', 0, 1], ['b', 8, 8], ['c', 16, 6], ['d', 24, 8], ['g', 32, 5]]);
    expect([Mixed.bytes, Mixed.align, Mixed.name]).toEqual([40, 8, 'struct { a, b, c, d, g }']);
    expect(Mixed.fields.map(({ type }) => type)).toEqual(['B', 'd', ['H', 3], struct({ e: 'i8', f: 'i' }), ['c', 5]]);
  });

  it('tells its layout read-only', () => {
    expect(() => Object.assign(Point.fields[0]!, { offset: 1 })).toThrow(TypeError);
    expect(() => (Point.fields as unknown[]).push(1)).toThrow(TypeError);
    expect(() => Object.assign(Point.definition, { x: 'u8' })).toThrow(TypeError);
  });

  it('is the same object for the same layout, whatever the names of its types, nested or not', () => {
    expect(struct({ x: 'd', y: 'f64' })).toBe(Point);
    expect(struct(Point as unknown as StructDefinition)).toBe(Point);
    expect(struct({ p: Point })).toBe(struct({ p: { x: 'd', y: 'd' } }));
    expect(struct({ p: [Point, 3] })).toBe(struct({ p: [{ x: 'd', y: 'd' }, 3] }));
    const others: StructDefinition[] = [{ y: 'd', x: 'd' }, { x: 'd' }, { x: 'd', y: 'q' }, { x: 'd', y: ['d', 1] }, { x: 'd', y: { y: 'd' } }];
    for (const other of others) expect(struct(other)).not.toBe(Point);
    expect(struct({ t: ['c', 4] })).not.toBe(struct({ t: ['c', 4, 'cut'] }));
  });

  it('comes back from its definition as the same object, by JSON and by structured clone', () => {
    fc.assert(
      fc.property(definition, (fields) => {
        const made = struct(fields);
        expect(struct(JSON.parse(JSON.stringify(made.definition)) as StructDefinition)).toBe(made);
        expect(struct(structuredClone(made.definition))).toBe(made);
      }),
      { numRuns: 200 },
    );
  });

  it('is forgotten when nobody has it any more', async () => {
    setFlagsFromString('--expose-gc');
    const gc = runInNewContext('gc') as () => void;
    const seen = Array.from({ length: 20 }, (_, i) => new WeakRef(struct({ [`passing${i}`]: 'f64' })));
    const collected = async (): Promise<boolean> => {
      gc();
      await turn();
      // The last one made stays reachable through the table of reducers.
      return seen.filter((ref) => ref.deref() !== undefined).length <= 1;
    };
    await until(collected, { what: 'the structs to be collected' });
    expect(struct({ passing0: 'f64' }).bytes).toBe(8);
  });

  it('opens any memory that is aligned and long enough', () => {
    const buffer = new ArrayBuffer(40);
    expect(Point.store(buffer, 8, 2).cells.byteOffset).toBe(8);
    expect(() => Point.store(buffer, 4, 1)).toThrow('struct { x, y }.store: byteOffset must be a multiple of 8, got 4.');
    expect(() => Point.store(buffer, 16, 2)).toThrow(RangeError);
    const Small = struct({ a: 'u32', b: ['c', 3] });
    const small = Small.store(buffer, 4, 1);
    small.set(0, { a: 1, b: 'abc' }, 'test');
    expect([...new Uint8Array(buffer, 0, 12)]).toEqual([0, 0, 0, 0, 1, 0, 0, 0, 97, 98, 99, 0]);
  });

  it('shows its definition', () => {
    expect(inspect(struct({ x: 'f64', tag: ['u8', 2] }))).toBe("struct({ x: 'd', tag: [ 'B', 2 ] })");
    expect(struct({ a: 'b', b: 'b', c: 'b', d: 'b', e: 'b', f: 'b', g: 'b' }).name).toBe('struct { a, b, c, d, e, f, … }');
  });

  it.each<[string, unknown, RegExp]>([
    ['no object', 7, /struct: expected an object with the types of fields.*got 7/],
    ['null', null, /got null/],
    ['a typecode', 'f64', /got "f64"/],
    ['an array', ['f64', 3], /got an array/],
    ['a map', new Map(), /got an object \(Map\)/],
    ['no fields', {}, /at least one field/],
    ['a name without characters', { '': 'f64' }, /needs a name/],
    ['a name that is an integer', { 7: 'f64' }, /cannot be called "7".*order/],
    ['a large one', { '18446744073709551616': 'f64' }, /cannot be called/],
    ['__proto__', JSON.parse('{"__proto__":"f64"}'), /cannot be called "__proto__"/],
    ['constructor', { constructor: 'f64' }, /cannot be called "constructor"/],
    ['toJSON', { toJSON: 'f64' }, /cannot be called "toJSON"/],
    ['a symbol', { x: 'f64', [Symbol('s')]: 'f64' }, /symbol/],
    ['an unknown typecode', { x: 'int' }, /struct: field "x": expected a type, got "int". Types are b i8 B .*structs, and \[type, length\]/],
    ['an inherited typecode', { x: 'toString' }, /got "toString"/],
    ['a nested unknown typecode', { p: { x: 'w' } }, /struct: field "p": field "x": expected a type, got "w"/],
    ['an array without length', { x: ['u8'] }, /\[type, length\].*1 items/],
    ['an array of too much', { x: ['c', 1, 'cut', 1] }, /4 items/],
    ['a length that is no number', { x: ['u8', '3'] }, /expected the length.*got "3"/],
    ['another rule', { x: ['c', 3, 'trim'] }, /only text has a rule/],
    ['a rule for numbers', { x: ['u8', 3, 'cut'] }, /only text has a rule/],
    ['a function', { x: Number }, /got the function Number/],
  ])('refuses %s with a TypeError that says what is wrong', (_what, fields, message) => {
    const call = () => struct(fields as StructDefinition);
    expect(call).toThrow(TypeError);
    expect(call).toThrow(message);
  });

  it.each([0, -1, 1.5, NaN, Infinity])('refuses arrays of %s items with a RangeError', (length) => {
    expect(() => struct({ x: ['u8', length] })).toThrow(RangeError);
    expect(() => struct({ x: [['u8', length], 2] })).toThrow(/a whole number >= 1/);
  });

  it('refuses what is too large or too deep, a cycle too', () => {
    expect(struct({ x: ['u8', 2 ** 31 - 1] }).bytes).toBe(2 ** 31 - 1);
    expect(() => struct({ x: ['u8', 2 ** 31] })).toThrow(RangeError);
    expect(() => struct({ x: ['u8', 2 ** 31 - 1], y: 'u8' })).toThrow(/a struct of 2147483648 bytes is too large/);
    const cycle: { self?: unknown } = {};
    cycle.self = cycle;
    expect(() => struct(cycle as StructDefinition)).toThrow(/nested more than 64 deep/);
  });

  it('takes objects without a prototype', () => {
    expect(struct(Object.assign(Object.create(null) as object, { x: 'f64', y: 'f64' }) as StructDefinition) as unknown).toBe(Point);
  });

  it('takes any other name, also those that the project uses', () => {
    const names = ['length', 'at', 'memory', 'then', 'first name', 'é', 'bytes', '7up', 'name'];
    const Named = struct(Object.fromEntries(names.map((name) => [name, 'i32'])) as StructDefinition) as unknown as Struct<Record<string, 'i32'>>;
    const store = Named.store(new ArrayBuffer(Named.bytes), 0, 1);
    const value = Object.fromEntries(names.map((name, i) => [name, i]));
    store.set(0, value, 'test');
    expect(store.copy(0, 1)).toEqual([value]);
    for (const name of names) expect(store.get(0)[name]).toBe(value[name]);
  });
});
