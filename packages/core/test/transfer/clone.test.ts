import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SerializationError } from '../../src/errors.js';
import type { TextBuffer } from '../../src/transfer/buffer-text.js';
import { chain, graph, graphWithErrors, graphWithRefused, longString, resizableFamily } from './arbitrary.js';
import { portrait, refusal, roundTrip } from './round-trip.js';

/** Holds a value against what structuredClone makes of it. */
function expectClone(value: unknown): void {
  expect(portrait(roundTrip(value))).toBe(portrait(structuredClone(value)));
}

describe('a value arrives as structuredClone would make it', () => {
  test('random graphs of containers, with cycles, shared parts, holes and named properties', () => {
    fc.assert(
      fc.property(graph, (value) => expectClone(value)),
      { numRuns: 1500 },
    );
  });

  test('random chains of containers, hundreds of levels deep', () => {
    fc.assert(
      fc.property(chain, (value) => expectClone(value)),
      { numRuns: 40 },
    );
  });

  test('long strings, also as keys', () => {
    fc.assert(
      fc.property(longString, (text) => expectClone({ text, [text.slice(0, 10_000)]: [text] })),
      { numRuns: 40 },
    );
  });

  test('views over one resizable buffer, which follow it afterwards or do not', () => {
    type Family = [{ maxByteLength: number; resize(bytes: number): void }, ...ArrayBufferView[]];
    const resized = ([buffer, ...views]: Family, bytes: number): unknown[] => {
      buffer.resize(Math.min(bytes, buffer.maxByteLength));
      return views.map((view) => {
        try {
          return [view.byteOffset, view.byteLength];
        } catch (error) {
          // A DataView that lies outside of its buffer now.
          return (error as Error).name;
        }
      });
    };
    fc.assert(
      fc.property(resizableFamily, fc.nat(128), (family, bytes) => {
        expectClone(family);
        const [ours, theirs] = [roundTrip(family), structuredClone(family)] as unknown as [Family, Family];
        expect(resized(ours, bytes)).toEqual(resized(theirs, bytes));
      }),
      { numRuns: 500 },
    );
  });

  test('and is refused where structuredClone refuses it', () => {
    const outcome = (clone: () => unknown): string => {
      try {
        return portrait(clone());
      } catch (error) {
        return error instanceof SerializationError || (error as Error).name === 'DataCloneError' ? 'refused' : `thrown: ${String(error)}`;
      }
    };
    let count = 0;
    fc.assert(
      fc.property(graphWithRefused, (value) => {
        const expected = outcome(() => structuredClone(value));
        if (expected === 'refused') count++;
        expect(outcome(() => roundTrip(value))).toBe(expected);
      }),
      { numRuns: 1000 },
    );
    expect(count).toBeGreaterThan(50);
    expect(refusal([Symbol('s')]).message).toBe('args[0] is a symbol');
  });

  const shared = { a: 1 };
  const cyclic: Record<string, unknown> = { name: 'root' };
  cyclic.self = cyclic;
  cyclic.list = [cyclic, new Map([[cyclic, cyclic]]), new Set([cyclic])];
  const sparse: unknown[] = [];
  sparse[4_000_000_000] = 'far';
  sparse[3] = shared;
  const lateStart = Object.assign(new Array<unknown>(3000), { 2999: 1 });
  const buffer = new ArrayBuffer(24);
  const wide = Object.fromEntries(Array.from({ length: 400 }, (_, i) => [`column${i}`, i]));

  test.each<[string, unknown]>([
    ['undefined', undefined],
    ['negative zero', -0],
    ['NaN', NaN],
    ['integers around the borders of the encodings', [-3, -2, -1, 0, 62, 63, 2 ** 31 - 1, 2 ** 31, -(2 ** 31), -(2 ** 31) - 1]],
    ['bigints around 64 bits', [2n ** 63n - 1n, 2n ** 63n, -(2n ** 63n), -(2n ** 63n) - 1n, 0n, -1n, 10n ** 1000n, -(16n ** 99n)]],
    ['strings of every length around the borders', Array.from({ length: 90 }, (_, i) => 'é'.repeat(i))],
    ['wide strings of every length', Array.from({ length: 90 }, (_, i) => 'x'.repeat(i) + '日')],
    ['lone surrogates', ['\ud800', '\udc00x', 'a\ud83d', `${'z'.repeat(100)}\udfff`]],
    ['NUL characters', ['\0', `a\0${'b'.repeat(50)}\0`]],
    ['a string of 3 MB', 'abc'.repeat(1_000_000)],
    ['a wide string of 3 MB', 'äöü日'.repeat(400_000)],
    ['a wrapper object with a valueOf of its own', Object.assign(Object(1) as object, { valueOf: () => 2 })],
    ['wrapper objects', [Object(1), Object(-0), Object('x'), Object(true), Object(5n)]],
    ['dates, valid and not', [new Date(0), new Date(NaN), new Date(8.64e15)]],
    ['regular expressions', [/x/, /a\/b\n/dgimsuy, Object.assign(/y/g, { lastIndex: 3 })]],
    ['maps and sets that hold themselves', cyclic],
    ['one object in two places', [shared, { deep: shared }, shared]],
    ['arrays with holes', [, 1, , undefined, ,]], // eslint-disable-line no-sparse-arrays
    ['an array of holes alone', new Array(5)],
    ['an array with one element far out', sparse],
    ['a long array that is mostly holes', lateStart],
    ['a long array with a few holes', Object.assign(new Array<unknown>(2000).fill('x'), { 3000: 1 })],
    ['a match with its named properties', 'abc'.match(/(?<letter>b)/)],
    ['numbers with named properties', Object.assign([1, 2, 3], { x0: 0, x1: 'b' })],
    ['doubles with named properties', Object.assign([1.5, 2], { self: 0.5 })],
    [
      'many numbers with a named property',
      Object.assign(
        Array.from({ length: 1000 }, (_, i) => i),
        { unit: 'ms' },
      ),
    ],
    ['as many holes as named properties', Object.assign([, 1], { extra: 2 })], // eslint-disable-line no-sparse-arrays
    ['a sparse array with a named property', Object.assign([...lateStart], { note: 1 })],
    ['numbers of every length around bulk copies', Array.from({ length: 70 }, (_, i) => Array.from({ length: i }, (_, j) => j * 1000))],
    ['doubles of every length around bulk copies', Array.from({ length: 70 }, (_, i) => Array.from({ length: i }, (_, j) => j / 3))],
    ['numbers and then something else', [1, 2, 3.5, 'x', null, { a: [-0, 1] }, [-0]]],
    ['objects with index-like keys', { 10: 'a', 2: 'b', x: 'c', '-1': 'd', '01': 'e' }],
    ['an object with 400 keys, twice', [wide, { ...wide }]],
    ['empty containers', [{}, [], new Map(), new Set(), '', new ArrayBuffer(0), new Uint8Array(0)]],
    ['null-prototype objects', Object.assign(Object.create(null) as object, { a: 1 })],
    ['two views over one buffer', [new Uint8Array(buffer, 3, 5), new Float64Array(buffer, 8), new DataView(buffer, 1, 2), buffer]],
    ['an object and its buffer seen first through a view', { view: new Int16Array(buffer, 2, 3), buffer }],
    [
      'all typed arrays',
      [Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array, Float32Array, Float64Array].map((View) =>
        View.from([1, 2, 250]),
      ),
    ],
    ['typed arrays of bigints', [BigInt64Array.of(-5n), BigUint64Array.of(2n ** 64n - 1n)]],
    [
      'prototype-less instances of built-in classes',
      [Object.create(Map.prototype), Object.create(Date.prototype), Object.create(RegExp.prototype)],
    ],
  ])('%s', (_, value) => expectClone(value));

  test('resizable buffers, with views that follow them and views that do not', () => {
    const Resizable = ArrayBuffer as unknown as new (length: number, options: object) => ArrayBuffer;
    const resizable = new Resizable(16, { maxByteLength: 64 });
    const full = new Resizable(16, { maxByteLength: 16 });
    const empty = new Resizable(0, { maxByteLength: 8 });
    const views = [resizable, full, empty].flatMap((buffer) => {
      const following = [new Uint8Array(buffer), new Float64Array(buffer), new DataView(buffer)];
      const fixed = [new Uint8Array(buffer, 0, buffer.byteLength), new DataView(buffer, 0, buffer.byteLength)];
      return [...following, ...fixed];
    });
    expectClone(views);
    const grow = (received: ArrayBufferView[]): number[] =>
      received.map((view) => {
        const { buffer } = view as unknown as { buffer: { byteLength: number; maxByteLength: number; resize(bytes: number): void } };
        buffer.resize(Math.min(buffer.maxByteLength, 40));
        return view.byteLength;
      });
    expect(grow(roundTrip(views))).toEqual(grow(structuredClone(views)));
  });
});

describe('a value with errors in it', () => {
  test('arrives as it was: classes, messages, causes, nested errors and own properties, with what they share', () => {
    fc.assert(
      fc.property(graphWithErrors, (value) => {
        expect(portrait(roundTrip(value, { callSite: '' }))).toBe(portrait(value));
      }),
      { numRuns: 1000 },
    );
  });

  test('keeps of each error at least what structuredClone keeps', () => {
    fc.assert(
      fc.property(graphWithErrors, (value) => {
        if (!(value instanceof Error) || value instanceof AggregateError) return;
        const [ours, theirs] = [roundTrip(value, { callSite: '' }), structuredClone(new (value.constructor as ErrorConstructor)(value.message))];
        expect([ours.name, ours.message]).toEqual([theirs.name, theirs.message]);
        expect(Object.getPrototypeOf(ours)).toBe(Object.getPrototypeOf(theirs));
        expect(ours.stack!.startsWith(value.stack!)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});

test('the undocumented text methods of Buffer do what the documented ones do', () => {
  const buffer = Buffer.alloc(16) as TextBuffer;
  expect([buffer.latin1Write('aé\xff', 1, 3), buffer.toString('latin1', 1, 4), buffer.latin1Slice(1, 4)]).toEqual([3, 'aé\xff', 'aé\xff']);
  expect([buffer.ucs2Write('日\ud800', 5, 4), buffer.toString('utf16le', 5, 9), buffer.ucs2Slice(5, 9)]).toEqual([
    4,
    '日\ud800',
    '日\ud800',
  ]);
});

describe('objects with behaviour', () => {
  test('getters are invoked once, in order, and their values sent', () => {
    const calls: string[] = [];
    const value = { get a() { calls.push('a'); return 1; }, b: 2, get c() { calls.push('c'); return { d: 3 }; } };
    expect(roundTrip(value)).toEqual({ a: 1, b: 2, c: { d: 3 } });
    expect(calls).toEqual(['a', 'c']);
  });

  test('a property that a getter removes is left out', () => {
    const value = { get first() { delete (this as { second?: number }).second; return 1; }, second: 2, third: 3 };
    expect(roundTrip(value)).toEqual({ first: 1, third: 3 });
  });

  test('an error thrown by a getter comes out unchanged, and the next message is not affected', () => {
    const failure = new Error('from the getter');
    const value = { a: [{ get b() { throw failure; } }] };
    expect(() => roundTrip(value)).toThrow(failure);
    expect(roundTrip({ a: [1] })).toEqual({ a: [1] });
  });

  test('a getter that encodes something itself does not disturb the message', () => {
    const value = {
      before: 'x'.repeat(50),
      get inner(): unknown {
        return roundTrip({ nested: [1, { two: 2 }] });
      },
      after: { nested: [3] },
    };
    expect(roundTrip(value)).toEqual({ before: 'x'.repeat(50), inner: { nested: [1, { two: 2 }] }, after: { nested: [3] } });
  });

  test('instances of a class lose their prototype and keep their own properties', () => {
    class Point {
      #secret = 1;
      x = this.#secret;
      get y(): number {
        return 2;
      }
    }
    class Point3 extends Point {
      z = 3;
    }
    const received = roundTrip(new Point3());
    expect(Object.getPrototypeOf(received)).toBe(Object.prototype);
    expect(received).toEqual({ x: 1, z: 3 });
  });

  test('inherited enumerable properties are not sent', () => {
    expect(roundTrip(Object.assign(Object.create({ inherited: 1 }) as object, { own: 2 }))).toEqual({ own: 2 });
  });

  test('subclasses of Map, Set, Array and Date arrive as what they derive from', () => {
    class Registry extends Map<string, number> {}
    class List extends Array<number> {}
    const [map, list] = roundTrip([new Registry([['a', 1]]), List.from([1, 2])]);
    expect(portrait(map)).toBe(portrait(new Map([['a', 1]])));
    expect(portrait(list)).toBe(portrait([1, 2]));
  });

  test('the key __proto__ is a property like any other, however often it comes', () => {
    const text = '{"__proto__": {"polluted": true}, "a": 1}';
    for (let i = 0; i < 500; i++) {
      const received = roundTrip(JSON.parse(text) as object);
      expect(Object.getPrototypeOf(received)).toBe(Object.prototype);
      expect(Object.keys(received)).toEqual(['__proto__', 'a']);
    }
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  test('objects of one shape are the same before and after their factory is compiled', () => {
    const value = { id: 1, 'odd key': [true, { deep: null }], toString: 'x' };
    for (let i = 0; i < 1000; i++) expect(roundTrip({ ...value, id: i })).toEqual({ ...value, id: i });
  });

  test('objects used as dictionaries with ever new keys are sent as they are', () => {
    for (let i = 0; i < 12_000; i++) {
      const value = { [`key ${i}`]: i, same: true };
      expect(roundTrip(value)).toEqual(value);
    }
  });
});
