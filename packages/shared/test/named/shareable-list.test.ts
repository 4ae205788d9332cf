import { writeFileSync, unlinkSync } from 'node:fs';
import { inspect } from 'node:util';
import { AlreadyExistsError, ClosedError, NotFoundError } from '@manycore/core';
import { decode, encode } from '@manycore/core/internal';
import { NamedMemoryError, ShareableList, SharedMemory, type ShareableValue } from '@manycore/shared';
import { Random, withSeed } from '@manycore/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { exists, freshName } from './names.js';

const made: ShareableList[] = [];
const list = (values?: Iterable<ShareableValue>, options: { name?: string; track?: boolean } = {}): ShareableList => {
  const fresh = new ShareableList(values, options);
  made.push(fresh);
  return fresh;
};
afterEach(() => {
  for (const { shm } of made.splice(0)) if (exists(shm.name)) shm.unlink();
});

const INT64_MOST = 2n ** 63n - 1n;

describe('a new list', () => {
  it('reads back every kind of item, whole numbers as int64 slots', () => {
    const items: ShareableValue[] = [1, -0, 2.5, NaN, -Infinity, 2n ** 53n, 5n, -(2n ** 63n), INT64_MOST, true, false, null, 'häß€𝄞', '', new Uint8Array([1, 0, 2]), Buffer.from('b')];
    const read = [...list(items)];
    expect(read).toEqual([1, 0, 2.5, NaN, -Infinity, 2n ** 53n, 5, -(2n ** 63n), INT64_MOST, true, false, null, 'häß€𝄞', '', Uint8Array.of(1, 0, 2), Uint8Array.of(98)]);
    expect(read.slice(-2).every((item) => (item as object).constructor === Uint8Array)).toBe(true);
  });

  it('has the bytes that the layout says: length, positions, slots, formats, codes', () => {
    const { buf } = list(['ab', 7, null]).shm;
    const view = new DataView(buf.buffer, 0, buf.length);
    const words = Array.from({ length: 11 }, (_, i) => view.getBigInt64(8 * i, true));
    expect(words.slice(0, 5)).toEqual([3n, 0n, 8n, 16n, 24n]);
    expect(words.slice(5, 8)).toEqual([0x6261n, 7n, 0n]);
    expect(Buffer.from(buf.slice(64)).toString('latin1')).toBe('8s\0\0\0\0\0\0q\0\0\0\0\0\0\0xxxxxx?x\x01\0\x03');
    expect(buf.length).toBe(91);
  });

  it('makes floats of whole numbers on request', () => {
    const floats = list([ShareableList.float(1), 1]);
    expect(floats.format).toBe('dq');
    expect([...floats]).toEqual([1, 1]);
    floats.set(1, ShareableList.float(2 ** 70));
    expect([floats.format, floats.at(1)]).toEqual(['dd', 2 ** 70]);
    expect(() => ShareableList.float('1' as never)).toThrow(TypeError);
  });

  it('may be empty, and takes any iterable', () => {
    expect([list().length, [...list()], list().format, list([]).shm.size]).toEqual([0, [], '', 16]);
    expect([...list(new Set([1, 2]))]).toEqual([1, 2]);
    expect([...new ShareableList(null).toJSON()]).toEqual([]);
  });

  it.each([
    [undefined, TypeError, 'item 1 must be a number'],
    [{}, TypeError, 'item 1'],
    [[1], TypeError, 'item 1'],
    [Symbol('s'), TypeError, 'item 1'],
    [() => 1, TypeError, 'item 1'],
    [new Float64Array(1), TypeError, 'item 1'],
    ['\udc00', TypeError, 'surrogate'],
    [2n ** 63n, RangeError, '64 bits'],
    [-(2n ** 63n) - 1n, RangeError, '64 bits'],
    [1e300, RangeError, 'ShareableList.float'],
    [new Uint8Array(9_999_992), RangeError, '9999991'],
  ])('refuses %s and leaves nothing', (value, kind, text) => {
    const name = freshName();
    let error: unknown;
    try {
      new ShareableList([1, value as never], { name });
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(kind);
    expect((error as Error).message).toContain(text);
    expect(exists(name)).toBe(false);
  });

  it('is refused under a name that exists', () => {
    const { name } = list([1]).shm;
    expect(() => new ShareableList([2], { name })).toThrow(AlreadyExistsError);
    expect(() => new ShareableList([], { name })).toThrow(AlreadyExistsError);
    expect(new ShareableList(undefined, { name }).at(0)).toBe(1);
  });
});

describe('attaching', () => {
  it('throws for a name that nothing has, or that holds no list', () => {
    expect(() => new ShareableList(undefined, { name: freshName() })).toThrow(NotFoundError);
    expect(() => new ShareableList(undefined, { name: 'a/b' })).toThrow(RangeError);
    for (const options of ['jobs', null, { track: 1 }, { name: 5 }]) expect(() => new ShareableList([1], options as never)).toThrow(TypeError);
    expect(() => new ShareableList(5 as never)).toThrow(TypeError);
    for (const bytes of [
      Buffer.from('short'),
      Buffer.alloc(64, 255),
      Buffer.from(BigInt64Array.of(1n << 60n, 0n, 0n).buffer),
      Buffer.from(BigInt64Array.of(1n, 0n, 800n, 0n, 0n, 0n).buffer),
      Buffer.from(BigInt64Array.of(2n, 0n, 16n, 8n, 0n, 0n, 0n, 0n, 0n).buffer),
      Buffer.from(BigInt64Array.of(1n, 3n, 0n, 0n, 0n).buffer),
    ]) {
      const name = freshName();
      writeFileSync(`/dev/shm/${name}`, bytes);
      expect(() => new ShareableList(undefined, { name })).toThrow(NamedMemoryError);
      unlinkSync(`/dev/shm/${name}`);
    }
  });

  it('reads the layout of CPython 3.8, and changes items in it', () => {
    const name = freshName();
    const head = Buffer.from(BigInt64Array.of(2n, 8n, 16n, 5n).buffer);
    writeFileSync(`/dev/shm/${name}`, Buffer.concat([head, Buffer.from('hello'.padEnd(16, '\0')), Buffer.from('q\0\0\0\0\0\0\0' + '16s\0\0\0\0\0', 'latin1'), Buffer.from([0, 1])]));
    const old = list(undefined, { name });
    expect([...old]).toEqual([5, 'hello']);
    old.set(1, 2.5);
    old.set(0, 'x');
    expect([[...old], old.format]).toEqual([['x', 2.5], '8sd']);
  });

  it('says so when an item makes no sense', () => {
    const damaged = list([1, 'x']);
    damaged.shm.buf.fill(0x41, damaged.shm.size - 18, damaged.shm.size - 10);
    expect(() => damaged.at(0)).toThrow(NamedMemoryError);
    expect(damaged.at(1)).toBe('x');
    expect(inspect(damaged)).toContain('damaged');
  });
});

describe('items', () => {
  it('are found from either end, and nowhere else', () => {
    const numbers = list([10, 20, 30]);
    expect([numbers.at(0), numbers.at(2), numbers.at(-1), numbers.at(-3)]).toEqual([10, 30, 30, 10]);
    numbers.set(-1, 31);
    expect(numbers.at(2)).toBe(31);
    for (const index of [3, -4, 1.5, NaN, Infinity]) {
      expect(() => numbers.at(index)).toThrow(RangeError);
      expect(() => numbers.set(index, 1)).toThrow(RangeError);
    }
    expect(() => numbers.at('0' as never)).toThrow(TypeError);
    expect(() => numbers.set(undefined as never, 1)).toThrow(TypeError);
    expect(() => list().at(0)).toThrow(RangeError);
    expect([...numbers]).toEqual([10, 20, 31]);
  });

  it('may be replaced by any kind, and text and bytes by what has room', () => {
    const items = list(['1234567', 0]);
    for (const value of [5, 2.5, true, null, '12345678', new Uint8Array(8).fill(1), '', 7n]) {
      items.set(0, value);
      expect(items.at(0)).toEqual(typeof value === 'bigint' ? Number(value) : value);
      expect(items.at(1)).toBe(0);
    }
    items.set(1, 'eight888');
    expect([items.at(1), items.format]).toEqual(['eight888', 'q8s']);
  });

  it('stay as they were when a value is refused', () => {
    const items = list(['abc', 5, null]);
    const bytes = items.shm.buf.slice();
    for (const [value, kind, text] of [
      ['123456789', RangeError, 'exceeds available storage'],
      ['ääääß', RangeError, 'exceeds available storage'],
      [new Uint8Array(9), RangeError, 'exceeds available storage'],
      [2n ** 63n, RangeError, '64 bits'],
      [1e20, RangeError, '64 bits'],
      [undefined, TypeError, 'must be a number'],
      [{}, TypeError, 'must be a number'],
    ] as const) {
      for (const index of [0, 1, 2]) {
        expect(() => items.set(index, value as never)).toThrow(kind);
        expect(() => items.set(index, value as never)).toThrow(text);
      }
    }
    expect(items.shm.buf).toEqual(bytes);
  });

  it('lose the NULs at their end, as in CPython, and no others', () => {
    expect([...list(['a\0\0', '\0', '\0a', Uint8Array.of(1, 0), Uint8Array.of(0, 0, 1)])]).toEqual(['a', '', '\0a', Uint8Array.of(1), Uint8Array.of(0, 0, 1)]);
  });

  it('are bytes of their own', () => {
    const items = list([Uint8Array.of(1, 2)]);
    (items.at(0) as Uint8Array)[0] = 9;
    expect(items.at(0)).toEqual(Uint8Array.of(1, 2));
  });

  it('are found and counted by value: numbers by what they are worth, nothing else converted', () => {
    const items = list([1, ShareableList.float(1), true, '1', 2n ** 60n, null, Uint8Array.of(49), 0.5, NaN]);
    expect([items.indexOf(1), items.indexOf(1n), items.count(1), items.indexOf(ShareableList.float(1))]).toEqual([0, 0, 2, 0]);
    expect([items.indexOf(2n ** 60n), items.indexOf(2 ** 60), items.indexOf(2n ** 60n + 1n)]).toEqual([4, 4, -1]);
    expect([items.indexOf(true), items.indexOf('1'), items.indexOf(null), items.indexOf(Uint8Array.of(49)), items.indexOf(0.5)]).toEqual([2, 3, 5, 6, 7]);
    expect([items.indexOf(false), items.count(NaN), items.indexOf(undefined as never), items.count('')]).toEqual([-1, 0, -1, 0]);
  });

  it('agree with a plain array after any changes', () =>
    withSeed((random: Random) => {
      const kinds: (() => ShareableValue)[] = [() => random.integer(-1000, 1000), () => random.float(), () => random.integer(0, 1) === 1, () => null, () => 'xyz'.repeat(random.integer(0, 4)), () => Uint8Array.from({ length: random.integer(0, 20) }, () => random.integer(1, 255))];
      const value = (): ShareableValue => kinds[random.integer(0, kinds.length - 1)]!();
      const model = Array.from({ length: 40 }, value);
      const room = model.map((item) => (typeof item === 'string' || item instanceof Uint8Array ? 8 * (Math.floor(item.length / 8) + 1) : 8));
      const items = list(model);
      for (let i = 0; i < 2000; i++) {
        const at = random.integer(0, 39);
        const next = value();
        const isTooLong = (typeof next === 'string' || next instanceof Uint8Array) && next.length > room[at]!;
        if (isTooLong) expect(() => items.set(at, next)).toThrow('exceeds available storage');
        else {
          items.set(at, next);
          model[at] = next;
        }
        expect(items.at(at)).toEqual(model[at]);
      }
      expect([...items]).toEqual(model);
    }));
});

describe('a list as an object', () => {
  it('closes with its segment, and is disposable', () => {
    const name = freshName();
    let inner;
    {
      using items = list([1, 'a'], { name });
      inner = items;
    }
    for (const call of [() => inner.at(0), () => inner.set(0, 1), () => [...inner], () => inner.format, () => inner.indexOf(1), () => inner.toJSON(), () => encode(inner, 'value')]) {
      expect(call).toThrow(ClosedError);
    }
    expect([inner.length, inspect(inner)]).toEqual([2, `<ShareableList('${name}', closed)>`]);
    inner.shm.unlink();
  });

  it('shows its items', () => {
    const items = list([1, 'a', null], { name: 'named-test-list-shown' });
    expect(inspect(items)).toBe("<ShareableList('named-test-list-shown', [ 1, 'a', null ])>");
    expect(JSON.stringify({ items })).toBe('{"items":[1,"a",null]}');
  });

  it('arrives as a list over the same segment', () => {
    const items = list([1, 2]);
    const message = encode([items], 'value');
    const [copy] = decode(Buffer.from(message.bytes.subarray(0, message.length)), 0, message.length) as [ShareableList];
    expect(copy).toBeInstanceOf(ShareableList);
    copy.set(0, 5);
    expect(items.at(0)).toBe(5);
    expect(copy.shm).toBeInstanceOf(SharedMemory);
    expect(copy.shm.name).toBe(items.shm.name);
  });
});
