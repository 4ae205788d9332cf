import { inspect } from 'node:util';
import { OutOfMemoryError } from '@manycore/core';
import { decode, encode } from '@manycore/core/internal';
import { Lock, RLock } from '@manycore/sync';
import fc from 'fast-check';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { Array as ExportedArray, RawArray, SharedArray } from '../src/index.js';

const run: fc.Parameters<unknown> = { numRuns: 100 };
const VIEWS = { b: Int8Array, B: Uint8Array, h: Int16Array, H: Uint16Array, i: Int32Array, I: Uint32Array, l: BigInt64Array, L: BigUint64Array, q: BigInt64Array, Q: BigUint64Array, f: Float32Array, d: Float64Array, '?': Uint8Array, c: Uint8Array, u: Uint32Array } as const;

function sent<T>(value: T): T {
  const { bytes, length } = encode(value, 'value');
  return decode(Buffer.from(bytes.subarray(0, length)), 0, length) as T;
}

describe('view', () => {
  it.each(Object.entries(VIEWS) as [keyof typeof VIEWS, (typeof VIEWS)['b']][])('of %s is a real TypedArray over shared memory', (code, View) => {
    const array = new SharedArray(code, 5);
    const view = array.view as Int8Array<ArrayBufferLike>;
    expect(view.constructor).toBe(View);
    expect([view.length, view.byteOffset, array.length]).toEqual([5, 0, 5]);
    expect(view.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect(array.view).toBe(view);
    expect(view.every((element) => Number(element) === 0)).toBe(true);
  });

  it('has all methods, parts, a DataView and a Buffer over the same memory', () => {
    const array = new SharedArray('i', [3, 1, 2]);
    array.view.sort();
    array.view.subarray(1).fill(9);
    new DataView(array.view.buffer as ArrayBuffer).setInt32(0, -1, true);
    Buffer.from(array.view.buffer as ArrayBuffer, 4, 4).writeInt32LE(7);
    expect([...array]).toEqual([-1, 7, 9]);
  });

  it('shows nothing beyond whole pages of its own, and cannot grow', () => {
    const { buffer } = new SharedArray('d', 3).view;
    expect(buffer.byteLength).toBe(4096);
    expect(() => (buffer as unknown as { grow(bytes: number): void }).grow(8192)).toThrow();
  });

  it('is inferred from the typecode', () => {
    expectTypeOf(new SharedArray('f64', 1).view).toEqualTypeOf<Float64Array<ArrayBufferLike>>();
    expectTypeOf(new SharedArray('q', 1).at(0)).toEqualTypeOf<bigint>();
    expectTypeOf(new SharedArray('c', 1).value).toEqualTypeOf<string>();
    expectTypeOf(new SharedArray('i', 1).value).toEqualTypeOf<undefined>();
  });
});

describe('elements', () => {
  it('come from any iterable, checked', () => {
    expect([...new SharedArray('i', [1, 2])]).toEqual([1, 2]);
    expect([...new SharedArray('b', new Set([1, 2]))]).toEqual([1, 2]);
    expect([...new SharedArray('B', Buffer.from([1, 255]))]).toEqual([1, 255]);
    expect([...new SharedArray('d', new Float64Array([1.5, NaN]))]).toEqual([1.5, NaN]);
    expect([...new SharedArray('q', [1, 2n])]).toEqual([1n, 2n]);
    expect([...new SharedArray('?', [true, false])]).toEqual([true, false]);
    expect([...new SharedArray('u', 'a𝄞')]).toEqual(['a', '𝄞']);
    expect(() => new SharedArray('b', new Int16Array([1, 128]))).toThrow(/SharedArray\('b'\)\[1\]: 128 is out of range/);
    expect(() => new SharedArray('i', [1, '2'] as never)).toThrow(TypeError);
    expect(() => new SharedArray('?', new Uint8Array([1]) as never)).toThrow(TypeError);
    expect(() => new SharedArray('u', new Uint32Array([0x11_0000]) as never)).toThrow(TypeError);
  });

  it('a size is a whole number >= 0', () => {
    expect(new SharedArray('i', 0).length).toBe(0);
    for (const size of [-1, 1.5, NaN, Infinity]) expect(() => new SharedArray('i', size)).toThrow(RangeError);
    for (const size of [null, {}, 1n, true]) expect(() => new SharedArray('i', size as never)).toThrow(TypeError);
    expect(() => new SharedArray('d', 2 ** 40)).toThrow(OutOfMemoryError);
  });

  it('at, set and slice work as those of a plain array, and refuse what lies outside', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), { maxLength: 20 }), fc.integer({ min: -25, max: 25 }), fc.option(fc.integer({ min: -25, max: 25 })), fc.integer({ min: 0, max: 9 }), (plain, a, b, value) => {
        const array = new SharedArray('i', plain);
        expect([...array.slice(a, b ?? undefined)]).toEqual(plain.slice(a, b ?? undefined));
        if (a >= -plain.length && a < plain.length) {
          expect(array.at(a)).toBe(plain.at(a));
          array.set(a, value);
          expect([...array]).toEqual(plain.with(a, value));
        } else {
          expect(() => array.at(a)).toThrow(RangeError);
          expect(() => array.set(a, value)).toThrow(RangeError);
          expect([...array]).toEqual(plain);
        }
      }),
      run,
    );
    const array = new SharedArray('B', [1, 2, 3]);
    for (const index of [0.5, NaN, '0', null, undefined]) expect(() => array.at(index as number)).toThrow(TypeError);
    expect(() => array.set(0, 256)).toThrow(RangeError);
    expect(() => array.set(0, '1' as never)).toThrow(TypeError);
    expect([...array]).toEqual([1, 2, 3]);
  });

  it('a slice shares nothing', () => {
    const array = new SharedArray('i', [1, 2, 3]);
    const copy = array.slice(1);
    array.view.fill(0);
    expect([[...copy], copy.buffer instanceof ArrayBuffer]).toEqual([[2, 3], true]);
    expect(new SharedArray('?', [true, false]).slice()).toEqual([true, false]);
    expect(new SharedArray('c', 'hello').slice(1, 3)).toBe('el');
  });
});

describe('text', () => {
  it('is read up to the first NUL, and written with one where there is room', () => {
    const array = new SharedArray('c', 8);
    array.value = 'hello';
    array.value = 'hé';
    expect([array.value, Buffer.from(array.raw).toString('latin1')]).toEqual(['hé', 'hé\0lo\0\0\0']);
    array.value = '12345678';
    expect(array.value).toBe('12345678');
    expect(() => (array.value = '123456789')).toThrow(RangeError);
    expect(() => (array.value = '€')).toThrow(RangeError);
    expect(() => (array.value = 5 as never)).toThrow(TypeError);
    expect(array.value).toBe('12345678');
    const points = new SharedArray('u', 3);
    points.value = '𝄞€';
    expect([points.value, points.raw.length]).toEqual(['𝄞€', 12]);
  });

  it('raw is a copy of the bytes', () => {
    const array = new SharedArray('c', 4);
    array.raw = Uint8Array.of(1, 2);
    const { raw } = array;
    array.view.fill(9);
    expect([...raw]).toEqual([1, 2, 0, 0]);
    expect(() => (array.raw = new Uint8Array(5))).toThrow(RangeError);
    expect(() => (array.raw = 'ab' as never)).toThrow(TypeError);
  });

  it('there is none in arrays of numbers', () => {
    const array = new SharedArray('i', 1);
    expect([array.value, array.raw]).toEqual([undefined, undefined]);
    expect(() => (array.value = 'a' as never)).toThrow(TypeError);
    expect(() => (array.raw = new Uint8Array(1) as never)).toThrow(TypeError);
  });
});

describe('the lock', () => {
  it('is a new RLock, the given one, or none', () => {
    const lock = new Lock();
    expect(new SharedArray('i', 1).getLock()).toBeInstanceOf(RLock);
    expect(new SharedArray('i', 1, { lock }).getLock()).toBe(lock);
    for (const raw of [new RawArray('i', 1), new SharedArray('i', 1, { lock: false }), new SharedArray('i', 1).getObj()]) expect(() => raw.getLock()).toThrow(expect.objectContaining({ code: 'ERR_MANYCORE_INVALID_STATE' }));
  });
});

describe('an array that was sent', () => {
  it('is the same memory and the same lock, and so are its views', () => {
    const array = new SharedArray('i', [1, 2, 3], { lock: new Lock() });
    const { other, part, raw } = sent({ other: array, part: array.view.subarray(1), raw: array.getObj() });
    expect([other, raw].map((one) => one.constructor)).toEqual([SharedArray, RawArray]);
    other.set(1, 20);
    part[1] = 30;
    expect([[...array], [...raw], other.view.buffer === part.buffer]).toEqual([[1, 20, 30], [1, 20, 30], true]);
    other.withLockSync(() => expect((array.getLock() as Lock).locked()).toBe(true));
  });

  it('may have no elements', () => {
    expect([...sent(new SharedArray('d', 0))]).toEqual([]);
  });
});

it('arrays of a gibibyte can be made and used at their ends', () => {
  const array = new RawArray('d', 2 ** 27);
  array.view[2 ** 27 - 1] = 1;
  expect([array.at(-1), array.view.byteLength]).toEqual([1, 2 ** 30]);
});

it('is exported as Array too, and shows its type and elements', () => {
  expect(ExportedArray).toBe(SharedArray);
  expect(inspect(new SharedArray('i', [1, 2]))).toBe("<SharedArray('i', 2) [ 1, 2 ]>");
  expect(inspect(new RawArray('i', 101))).toMatch(/^<RawArray\('i', 101\) \[ 0, .* 0 \] …>$/s);
});
