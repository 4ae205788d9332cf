import { inspect } from 'node:util';
import { decode, encode } from '@manycore/core/internal';
import { BoundedSemaphore, Lock, RLock } from '@manycore/sync';
import fc from 'fast-check';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { RawValue, Value, type Typecode } from '../src/index.js';

const run: fc.Parameters<unknown> = { numRuns: 300 };

const SMALL = { b: [-128, 127], i8: [-128, 127], B: [0, 255], u8: [0, 255], h: [-32768, 32767], i16: [-32768, 32767], H: [0, 65535], u16: [0, 65535], i: [-(2 ** 31), 2 ** 31 - 1], i32: [-(2 ** 31), 2 ** 31 - 1], I: [0, 2 ** 32 - 1], u32: [0, 2 ** 32 - 1] } as const;
const BIG = { l: [-(2n ** 63n), 2n ** 63n - 1n], q: [-(2n ** 63n), 2n ** 63n - 1n], i64: [-(2n ** 63n), 2n ** 63n - 1n], L: [0n, 2n ** 64n - 1n], Q: [0n, 2n ** 64n - 1n], u64: [0n, 2n ** 64n - 1n] } as const;
const small = Object.entries(SMALL) as unknown as [keyof typeof SMALL, [number, number]][];
const big = Object.entries(BIG) as unknown as [keyof typeof BIG, [bigint, bigint]][];

/** As it arrives elsewhere; in the thread that sent it. */
function sent<T>(value: T): T {
  const { bytes, length } = encode(value, 'value');
  return decode(Buffer.from(bytes.subarray(0, length)), 0, length) as T;
}

describe('value', () => {
  it.each(small)('of %s keeps every whole number in its range and refuses all others, changing nothing', (code, [least, most]) => {
    const value = new Value(code, most);
    fc.assert(
      fc.property(fc.integer({ min: least - 2 ** 34, max: most + 2 ** 34 }), fc.integer({ min: least, max: most }), (any, valid) => {
        value.value = valid;
        expect(value.value).toBe(valid);
        if (any >= least && any <= most) value.value = any;
        else expect(() => (value.value = any)).toThrow(RangeError);
        expect(value.value).toBe(any >= least && any <= most ? any : valid);
      }),
      run,
    );
    for (const edge of [least, most]) expect(new RawValue(code, edge).value).toBe(edge);
    for (const outside of [least - 1, most + 1, Infinity, -Infinity]) expect(() => new Value(code, outside)).toThrow(RangeError);
    for (const other of [1.5, NaN, 1n, '1', true, null, {}]) expect(() => new Value(code, other as number), inspect(other)).toThrow(TypeError);
  });

  it.each(big)('of %s is a bigint in its range, and a number where that is safe', (code, [least, most]) => {
    const value = new Value(code);
    expect(value.value).toBe(0n);
    for (const edge of [least, most]) {
      value.value = edge;
      expect(value.value).toBe(edge);
      if (edge !== 0n) expect(() => value.number).toThrow(RangeError);
    }
    for (const outside of [least - 1n, most + 1n]) expect(() => (value.value = outside)).toThrow(RangeError);
    expect(value.value).toBe(most);
    value.number = 7;
    expect([value.value, value.number]).toEqual([7n, 7]);
    value.value = Number.MAX_SAFE_INTEGER;
    expect(value.number).toBe(Number.MAX_SAFE_INTEGER);
    for (const other of [2 ** 53, 1.5, NaN, '1', true, null]) expect(() => (value.value = other as never), inspect(other)).toThrow(TypeError);
    for (const other of [2 ** 53, 1.5, NaN, 1n]) expect(() => (value.number = other as number), inspect(other)).toThrow(RangeError);
    expect(value.number).toBe(Number.MAX_SAFE_INTEGER);
  });

  it('of floats keeps any number', () => {
    const [single, double] = [new Value('f'), new Value('d')];
    fc.assert(
      fc.property(fc.double(), (number) => {
        single.value = double.value = number;
        expect(double.value).toBe(number);
        expect(single.value).toBe(Math.fround(number));
      }),
      run,
    );
    expect(() => (double.value = '1' as never)).toThrow(TypeError);
    expect(() => (double.value = 1n as never)).toThrow(TypeError);
  });

  it('of booleans and characters keeps those and nothing else', () => {
    const [flag, byte, point] = [new Value('?'), new Value('c'), new Value('u', '𝄞')];
    expect([flag.value, byte.value, point.value]).toEqual([false, '\0', '𝄞']);
    flag.value = true;
    byte.value = 'é';
    point.value = '€';
    expect([flag.value, byte.value, point.value]).toEqual([true, 'é', '€']);
    expect(() => (byte.value = '€')).toThrow(RangeError);
    for (const other of ['', 'ab', 1, null]) {
      expect(() => (byte.value = other as string)).toThrow(TypeError);
      expect(() => (point.value = other as string)).toThrow(TypeError);
    }
    for (const other of [1, 0, 'true', null]) expect(() => (flag.value = other as never)).toThrow(TypeError);
    expect([flag.value, byte.value, point.value]).toEqual([true, 'é', '€']);
  });

  it('is inferred from the typecode', () => {
    expectTypeOf(new Value('i').value).toEqualTypeOf<number>();
    expectTypeOf(new Value('q').value).toEqualTypeOf<bigint>();
    expectTypeOf(new Value('bool').value).toEqualTypeOf<boolean>();
    expectTypeOf(new Value('c').value).toEqualTypeOf<string>();
    expectTypeOf(new Value('i').add(1)).toEqualTypeOf<number>();
    expectTypeOf(new Value('u64').add(1)).toEqualTypeOf<bigint>();
    // @ts-expect-error -- no whole number
    expect(() => new Value('d').add(1)).toThrow(TypeError);
  });
});

describe('atomic operations', () => {
  it.each(small)('of %s give the old value and wrap as the processor does', (code) => {
    const bits = new Value(code).value === 0 ? { b: 8, B: 8, h: 16, H: 16, i: 32, I: 32 }[{ i8: 'b', u8: 'B', i16: 'h', u16: 'H', i32: 'i', u32: 'I' }[code as 'i8'] ?? code]! : 0;
    const wrapped = (n: number): number => Number(code.startsWith('u') || /^[BHI]$/.test(code) ? BigInt.asUintN(bits, BigInt(n)) : BigInt.asIntN(bits, BigInt(n)));
    const value = new Value(code);
    const operations = { add: (a: number, b: number) => a + b, sub: (a: number, b: number) => a - b, and: (a: number, b: number) => Number(BigInt(a) & BigInt(b)), or: (a: number, b: number) => Number(BigInt(a) | BigInt(b)), xor: (a: number, b: number) => Number(BigInt(a) ^ BigInt(b)) };
    fc.assert(
      fc.property(fc.constantFrom(...(Object.keys(operations) as (keyof typeof operations)[])), fc.integer({ min: -(2 ** 33), max: 2 ** 33 }), (name, operand) => {
        const before = value.value;
        expect(value[name](operand)).toBe(before);
        expect(value.value).toBe(wrapped(operations[name](before, operand)));
      }),
      run,
    );
  });

  it.each(big)('of %s take bigints and safe integers', (code, [, most]) => {
    const value = new Value(code, most);
    expect(value.add(1n)).toBe(most);
    expect(value.sub(1)).toBe(BIG[code][0]);
    expect([value.exchange(12), value.and(10n), value.or(1), value.xor(2n), value.value]).toEqual([most, 12n, 8n, 9n, 11n]);
    expect([value.compareExchange(10, 1), value.compareExchange(11, 1n), value.value]).toEqual([11n, 11n, 1n]);
    expect(() => value.exchange(most + 1n)).toThrow(RangeError);
    expect(() => value.add(1.5)).toThrow(TypeError);
  });

  it('exchange and compareExchange check ranges, and change nothing when they refuse', () => {
    const value = new Value('b', 5);
    expect([value.exchange(6), value.compareExchange(5, 1), value.compareExchange(6, 7), value.value]).toEqual([5, 6, 6, 7]);
    expect(() => value.exchange(128)).toThrow(RangeError);
    expect(() => value.compareExchange(7, 128)).toThrow(RangeError);
    for (const operand of [1.5, NaN, 1n, '1', undefined]) expect(() => value.add(operand as number)).toThrow(TypeError);
    expect(value.value).toBe(7);
  });

  it.each(['f', 'd', '?', 'c', 'u'] as const)('are refused for %s', (code) => {
    const value = new Value(code) as unknown as Value<'i'>;
    for (const call of ['add', 'sub', 'and', 'or', 'xor', 'exchange', 'compareExchange'] as const) expect(() => value[call](1, 1)).toThrow(TypeError);
    expect(() => value.number).toThrow(TypeError);
  });
});

describe('the lock', () => {
  it('is a new RLock, the given one, or none', () => {
    expect(new Value('i').getLock()).toBeInstanceOf(RLock);
    for (const lock of [new Lock(), new RLock(), new BoundedSemaphore(1)]) expect(new Value('i', 0, { lock }).getLock()).toBe(lock);
    for (const raw of [new RawValue('i'), new Value('i', 0, { lock: false }), new Value('i').getObj()]) expect(() => raw.getLock()).toThrow(expect.objectContaining({ code: 'ERR_MANYCORE_INVALID_STATE' }));
    for (const lock of [1, 'lock', {}]) expect(() => new Value('i', 0, { lock: lock as never })).toThrow(TypeError);
    expect(() => new Value('i', 0, 5 as never)).toThrow(TypeError);
  });

  it('is held while withLock and its other forms run', async () => {
    const value = new Value('i', 0, { lock: new Lock() });
    const lock = value.getLock() as Lock;
    expect(await value.withLock(async () => (await Promise.resolve(), (value.value += 1), lock.locked()))).toBe(true);
    expect(value.withLockSync(() => (value.value++, lock.locked()))).toBe(true);
    expect(value.tryWithLock(() => value.tryWithLock(() => 1) ?? 'taken')).toBe('taken');
    expect([value.value, lock.locked()]).toEqual([2, false]);
    await lock.acquire();
    await expect(value.withLock(() => 1, { timeout: 1 })).rejects.toThrow(expect.objectContaining({ code: 'ERR_MANYCORE_TIMEOUT' }));
    lock.release();
  });
});

describe('an object that was sent', () => {
  it('is the same memory and the same lock', () => {
    const value = new Value('i', 1, { lock: new Lock() });
    const other = sent(value);
    expect(other).toBeInstanceOf(Value);
    other.value = 2;
    expect(value.value).toBe(2);
    other.withLockSync(() => expect((value.getLock() as Lock).locked()).toBe(true));
    const raw = sent(value.getObj());
    expect(raw).toBeInstanceOf(RawValue);
    expect(raw.add(1)).toBe(2);
    expect([value.value, inspect(raw)]).toEqual([3, "<RawValue('i', 3)>"]);
    expect(() => sent(new Value('d', 1, { lock: false })).getLock()).toThrow(expect.objectContaining({ code: 'ERR_MANYCORE_INVALID_STATE' }));
  });
});

it('a type that is none is refused with a list of those there are', () => {
  for (const type of ['w', 'int', 'toString', '__proto__', 1, null, undefined, {}]) expect(() => new Value(type as Typecode)).toThrow(/expected a type \(b i8 .*, or a struct\)/);
});

it('shows its type and value', () => {
  expect([inspect(new Value('i', 5)), inspect(new RawValue('u64', 5n)), inspect(new Value('c', 'x'))]).toEqual(["<Value('i', 5)>", "<RawValue('Q', 5n)>", "<Value('c', 'x')>"]);
});
