import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Value, SharedArray, struct, type StructDefinition, type Typecode } from '../../src/index.js';
import { structAndValue } from './arbitrary.js';

const INTEGERS: readonly [Typecode, number, number][] = [
  ['b', -128, 127], ['i8', -128, 127], ['B', 0, 255], ['u8', 0, 255], ['h', -32768, 32767], ['i16', -32768, 32767], ['H', 0, 65535], ['u16', 0, 65535],
  ['i', -(2 ** 31), 2 ** 31 - 1], ['i32', -(2 ** 31), 2 ** 31 - 1], ['I', 0, 2 ** 32 - 1], ['u32', 0, 2 ** 32 - 1],
];
const BIG: readonly [Typecode, bigint, bigint][] = (['l', 'q', 'i64', 'L', 'Q', 'u64'] as const).map((code) => (/[lq]|i64/.test(code) ? [code, -(2n ** 63n), 2n ** 63n - 1n] : [code, 0n, 2n ** 64n - 1n]));

/** An accessor of a struct with a field `x` of that type between two others, and all of its bytes. */
function field(type: StructDefinition[string]) {
  const store = struct({ before: 'u8', x: type, behind: 'u8' }).store(new SharedArrayBuffer(256), 0, 1);
  store.cells.fill(0x5a);
  return { accessor: store.get(0) as unknown as { x: unknown; before: number; behind: number }, store, bytes: () => Buffer.from(store.cells).toString('hex') };
}

function expectRefused(type: StructDefinition[string], value: unknown, kind: typeof TypeError | typeof RangeError): void {
  const { accessor, store, bytes } = field(type);
  const before = bytes();
  expect(() => (accessor.x = value), inspect(value)).toThrow(kind);
  expect(() => store.set(0, { before: 1, x: value, behind: 2 }, 'test'), inspect(value)).toThrow(kind);
  expect(bytes()).toBe(before);
}

describe('a field', () => {
  it.each(INTEGERS)('of %s keeps whole numbers from %s to %s and refuses others, changing nothing', (code, least, most) => {
    const { accessor } = field(code);
    for (const value of [least, most, 0, 1]) {
      accessor.x = value;
      expect([accessor.before, accessor.x, accessor.behind]).toEqual([0x5a, value, 0x5a]);
    }
    for (const value of [least - 1, most + 1, Infinity]) expectRefused(code, value, RangeError);
    for (const value of [0.5, NaN, '1', 1n, null, undefined, true]) expectRefused(code, value, TypeError);
  });

  it.each(BIG)('of %s reads bigint, and takes bigint and safe numbers from %s to %s', (code, least, most) => {
    const { accessor } = field(code);
    for (const value of [least, most, 0n, 1n]) {
      accessor.x = value;
      expect(accessor.x).toBe(value);
    }
    accessor.x = Number.MAX_SAFE_INTEGER;
    expect(accessor.x).toBe(BigInt(Number.MAX_SAFE_INTEGER));
    for (const value of [least - 1n, most + 1n]) expectRefused(code, value, RangeError);
    for (const value of [0.5, 2 ** 53, '1', null, undefined]) expectRefused(code, value, TypeError);
  });

  it.each(['f', 'd', 'f32', 'f64'] as const)('of %s takes every number', (code) => {
    const { accessor } = field(code);
    for (const value of [0, -0, 1.5, Infinity, -Infinity, NaN]) {
      accessor.x = value;
      expect(accessor.x).toBe(value);
    }
    for (const value of [1n, '1', null, undefined]) expectRefused(code, value, TypeError);
  });

  it.each(['?', 'bool'] as const)('of %s is a boolean', (code) => {
    const { accessor } = field(code);
    for (const value of [true, false]) {
      accessor.x = value;
      expect(accessor.x).toBe(value);
    }
    for (const value of [1, 0, 'true', null, undefined]) expectRefused(code, value, TypeError);
  });

  it('of c is one character of one byte, of u one code point', () => {
    const { accessor } = field('c');
    for (const value of ['a', '\0', 'ÿ']) expect(((accessor.x = value), accessor.x)).toBe(value);
    expectRefused('c', 'Ā', RangeError);
    const { accessor: wide } = field('u');
    for (const value of ['a', '\0', '😀', '\u{10ffff}']) expect(((wide.x = value), wide.x)).toBe(value);
    for (const code of ['c', 'u'] as const) for (const value of ['', 'ab', 7, null]) expectRefused(code, value, TypeError);
  });

  it('says in its messages which field of which struct it was', () => {
    const { accessor, store } = field('u8');
    expect(() => (accessor.x = 256)).toThrow('struct { before, x, behind }.x: 256 is out of range; it must be from 0 to 255.');
    expect(() => store.set(0, { x: 256 }, 'RawArray.set(0)')).toThrow('RawArray.set(0).x: 256 is out of range; it must be from 0 to 255.');
  });
});

describe('an accessor', () => {
  const Point = struct({ x: 'f64', y: 'f64', id: 'u32' });

  it('is a view: writes are seen by all others on the same memory', () => {
    const array = new SharedArray(Point, [{ x: 1 }, { x: 2, y: 3, id: 4 }]);
    array.at(-1).x += 1;
    const last = array.at(1);
    expect([last.x, last.y, last.id, array.at(0).x]).toEqual([3, 3, 4, 1]);
    const value = new Value(Point, { y: 5 });
    value.value.x = 1;
    expect(value.value).toMatchObject({ x: 1, y: 5, id: 0 });
    value.value = { id: 9 };
    expect(Point.plain(value.value)).toEqual({ x: 0, y: 0, id: 9 });
  });

  it('lists its fields with for … in, and gives a plain copy as JSON and to inspect', () => {
    const accessor = new Value(Point, { x: 1, y: 2, id: 3 }).value;
    const names: string[] = [];
    for (const name in accessor) names.push(name);
    expect(names).toEqual(['x', 'y', 'id']);
    expect(JSON.stringify(accessor)).toBe('{"x":1,"y":2,"id":3}');
    expect(inspect(accessor)).toBe('struct { x: 1, y: 2, id: 3 }');
    const copy = Point.plain(accessor);
    accessor.x = 7;
    expect(copy).toEqual({ x: 1, y: 2, id: 3 });
  });

  it('leaves 64-bit integers bigint in a plain copy, which JSON refuses without a replacer', () => {
    const accessor = new Value(struct({ n: 'u64' }), { n: 2n ** 64n - 1n }).value;
    expect(() => JSON.stringify(accessor)).toThrow(TypeError);
    expect(JSON.stringify(accessor, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value))).toBe('{"n":"18446744073709551615"}');
  });

  it('of the same struct is of the same class, of another is not', () => {
    const [a, b] = [new Value(Point).value, new Value(struct({ x: 'd', y: 'd', id: 'I' })).value];
    expect(a.constructor === b.constructor).toBe(true);
    expect(new Value(struct({ x: 'd' })).value.constructor === a.constructor).toBe(false);
    expect(() => Point.plain({ x: 1, y: 2, id: 3 })).toThrow(/expected an accessor of this struct/);
    expect(() => Point.plain(new Value(struct({ x: 'f64' })).value as never)).toThrow(TypeError);
  });
});

describe('writing a whole struct', () => {
  const Inner = struct({ a: 'u8', b: 'f64' });
  const Outer = struct({ n: 'u8', inner: Inner, list: [Inner, 2], text: ['c', 8] });
  const open = (count = 2) => Outer.store(new SharedArrayBuffer(Outer.bytes * count), 0, count);

  it('makes zero of what is left out, and nothing of padding', () => {
    const store = open();
    store.cells.fill(0xff);
    store.set(1, { n: 1, inner: { b: 2 } }, 'test');
    expect(store.copy(1, 2)).toEqual([{ n: 1, inner: { a: 0, b: 2 }, list: [{ a: 0, b: 0 }, { a: 0, b: 0 }], text: '' }]);
    // Behind n, and behind inner.a.
    for (const at of [1, 7, 9, 15]) expect(store.cells[Outer.bytes + at]).toBe(0xff);
    expect(store.cells.subarray(0, Outer.bytes).every((byte) => byte === 0xff)).toBe(true);
  });

  it('takes accessors, of this struct and of others with such fields', () => {
    const store = open();
    store.set(0, { n: 7, text: 'seven', list: [{ a: 1 }, { b: 2 }] }, 'test');
    store.set(1, store.get(0), 'test');
    expect(store.copy(1, 2)).toEqual(store.copy(0, 1));
    const other = struct({ b: 'f32', a: 'u16' }).store(new ArrayBuffer(8), 0, 1);
    other.set(0, { b: 0.5, a: 200 }, 'test');
    store.get(1).inner = other.get(0);
    expect(Inner.plain(store.get(1).inner)).toEqual({ a: 200, b: 0.5 });
    other.get(0).a = 256;
    expect(() => (store.get(1).inner = other.get(0))).toThrow(RangeError);
    store.get(1).inner = store.get(0).list.at(1);
    expect(Inner.plain(store.get(1).inner)).toEqual({ a: 0, b: 2 });
  });

  const Row = (count: number) => open(count).get(0);

  it('takes objects of a class with such fields', () => {
    class Mine {
      n = 4;
      text = 'mine';
    }
    const store = open();
    store.set(0, new Mine(), 'test');
    expect(store.copy(0, 1)).toMatchObject([{ n: 4, text: 'mine' }]);
    expect(() => store.set(0, new (class Empty {})(), 'test')).toThrow(TypeError);
  });

  it.each<[string, unknown, RegExp]>([
    ['an unknown field', { n: 1, m: 2 }, /^TypeError: test: struct \{ n, inner, list, text \} has no field "m"/],
    ['an unknown nested field', { inner: { c: 1 } }, /^TypeError: test\.inner: struct \{ a, b \} has no field "c"/],
    ['no object', 7, /^TypeError: test: expected an object with fields of struct .* got 7/],
    ['null', null, /^TypeError/],
    ['an array', [1, 2], /^TypeError.*got an array/],
    ['bytes', new Uint8Array(64), /^TypeError/],
    ['a map', new Map([['n', 1]]), /^TypeError.*got an object \(Map\)/],
    ['an array of a struct', Row(2).list, /^TypeError.*got an object \(FixedArray\)/],
    ['a nested bad value', { n: 1, list: [{ a: 1 }, { a: 256 }] }, /^RangeError: test\.list\[1\]\.a: 256/],
    ['too few items', { list: [{ a: 1 }] }, /^RangeError: test\.list: expected 2 items, got 1/],
    ['too many items', { list: [{}, {}, {}] }, /^RangeError: test\.list: expected 2 items, got 3/],
    ['undefined for a field', { n: undefined }, /^TypeError/],
  ])('refuses %s and changes nothing', (_what, value, message) => {
    const store = open();
    store.cells.fill(0x11);
    let refusal: unknown;
    try {
      store.set(1, value, 'test');
    } catch (error) {
      refusal = error;
    }
    expect(String(refusal)).toMatch(message);
    expect(store.cells.every((byte) => byte === 0x11)).toBe(true);
  });

  it('changes nothing when any value in any depth is refused', () => {
    let refused = 0;
    fc.assert(
      fc.property(structAndValue, fc.nat(), ([fields, value], spoilt) => {
        const store = struct(fields).store(new ArrayBuffer(struct(fields).bytes), 0, 1);
        store.cells.fill(0x77);
        const damaged = spoil(value, { left: spoilt % 12 });
        if (damaged === value) return;
        refused++;
        expect(() => store.set(0, damaged, 'test')).toThrow(/^test/);
        expect(store.cells.every((byte) => byte === 0x77)).toBe(true);
      }),
      { numRuns: 300 },
    );
    expect(refused).toBeGreaterThan(30);
  });

  it('runs getters of the value before anything is written, and these may write structs themselves', () => {
    const store = open();
    store.set(0, { n: 1, text: 'one' }, 'test');
    const value = {
      n: 2,
      get text() {
        store.set(1, { n: store.get(0).n, text: 'inside' }, 'test');
        return 'two';
      },
    };
    store.set(0, value, 'test');
    expect(store.copy(0, 2)).toMatchObject([{ n: 2, text: 'two' }, { n: 1, text: 'inside' }]);
    expect(() => store.set(0, { n: 3, get text(): string { throw new Error('mine'); } }, 'test')).toThrow('mine');
    expect(store.get(0).n).toBe(2);
    store.set(0, { n: 4 }, 'test');
    expect(store.copy(0, 1)).toMatchObject([{ n: 4, text: '' }]);
  });
});

/** The value with one leaf replaced by a symbol, which nothing takes; the same value when there are not that many. */
function spoil(value: unknown, count: { left: number }): unknown {
  if (Array.isArray(value)) {
    for (const [i, item] of value.entries()) {
      const spoilt = spoil(item, count);
      if (spoilt !== item) return value.with(i, spoilt);
    }
    return value;
  }
  if (typeof value === 'object' && value !== null) {
    for (const [name, item] of Object.entries(value)) {
      const spoilt = spoil(item, count);
      if (spoilt !== item) return { ...value, [name]: spoilt };
    }
    return value;
  }
  return count.left-- === 0 ? Symbol('spoilt') : value;
}
