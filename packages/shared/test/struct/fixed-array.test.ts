import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { struct } from '../../src/index.js';

const Row = struct({
  before: 'u8', tag: ['u8', 16], weights: ['f32', 3], ids: ['i64', 2], matrix: [['f64', 3], 3], flags: ['?', 4], names: [['c', 4], 2], points: [{ x: 'u8', y: 'f64' }, 2], letters: ['u', 4], behind: 'u8',
});
const open = () => {
  const store = Row.store(new SharedArrayBuffer(Row.bytes * 2), 0, 2);
  store.set(1, { before: 1, behind: 2 }, 'test');
  return { store, row: store.get(1) };
};

describe('an array of numbers', () => {
  it('is the real TypedArray over the memory', () => {
    const { row, store } = open();
    expect(row.tag).toBeInstanceOf(Uint8Array);
    expect(row.weights).toBeInstanceOf(Float32Array);
    expect(row.ids).toBeInstanceOf(BigInt64Array);
    row.tag.set([1, 2, 3], 13);
    expect(row.tag[15]).toBe(3);
    expect(row.tag.buffer).toBe(store.cells.buffer);
    expect(row.tag.byteOffset).toBe(Row.bytes + 1);
    expect([row.before, row.tag.length, row.weights.length, row.behind]).toEqual([1, 16, 3, 2]);
  });

  it('is written from any array-like of its length, checked as its numbers are', () => {
    const { row } = open();
    Object.assign(row, { weights: [1, 2, 3], ids: [1, 2n], tag: new Uint8Array(16).fill(9) });
    expect([...row.weights, ...row.ids, row.tag[15]]).toEqual([1, 2, 3, 1n, 2n, 9]);
    Object.assign(row, { weights: new Float64Array([0.5, 1, 2]), tag: Buffer.alloc(16, 3), ids: new BigUint64Array([1n, 7n]) });
    expect([...row.weights, row.tag[0], ...row.ids]).toEqual([0.5, 1, 2, 3, 1n, 7n]);
    Object.assign(row, { weights: { length: 3, 0: 4, 1: 5, 2: 6 } });
    expect([...row.weights]).toEqual([4, 5, 6]);
    row.tag = row.tag.map((_, i) => i);
    row.tag = row.tag.toReversed();
    expect(row.tag[0]).toBe(15);
    const before = Row.plain(row);
    for (const value of [[1, 2], [1, 2, 3, 4], []]) expect(() => Object.assign(row, { weights: value })).toThrow(RangeError);
    for (const value of ['abc', 7, null, undefined, new Set([1, 2, 3]), [1, 2, '3'], new BigInt64Array(3)]) expect(() => Object.assign(row, { weights: value }), inspect(value)).toThrow(TypeError);
    expect(() => Object.assign(row, { tag: [...new Uint8Array(15), 256] })).toThrow('struct { before, tag, weights, ids, matrix, flags, … }.tag[15]: 256 is out of range');
    expect(() => Object.assign(row, { tag: new Uint16Array(16).fill(300) })).toThrow(RangeError);
    expect(() => Object.assign(row, { ids: new BigUint64Array([1n, 2n ** 63n]) })).toThrow(RangeError);
    expect(Row.plain(row)).toEqual(before);
  });
});

describe('an array of others', () => {
  it('reads and writes its items in place, negative indexes from the end', () => {
    const { row } = open();
    row.flags.set(-1, true);
    row.names.set(0, 'zero');
    row.points.at(1).x = 7;
    row.points.set(0, { y: 0.5 });
    row.matrix.at(2)[0] = 20;
    row.matrix.set(0, [1, 2, 3]);
    expect(row.flags.at(3)).toBe(true);
    expect([...row.flags]).toEqual([false, false, false, true]);
    expect([...row.names]).toEqual(['zero', '']);
    expect([row.flags.length, row.names.length, row.points.length, row.matrix.length]).toEqual([4, 2, 2, 3]);
    expect([...row.points].map(({ x, y }) => [x, y])).toEqual([[0, 0.5], [7, 0]]);
    expect([...row.matrix].map((line) => [...line])).toEqual([[1, 2, 3], [0, 0, 0], [20, 0, 0]]);
    expect([row.before, row.behind]).toEqual([1, 2]);
  });

  it('is written from arrays and from others of its kind, and shows a plain copy', () => {
    const { row, store } = open();
    Object.assign(row, { flags: [true, false, true, false], names: ['a', 'b'], matrix: [[1, 2, 3], new Float64Array([4, 5, 6]), [7, 8, 9]], points: [{ x: 1 }, { y: 2 }], letters: 'é😀' });
    const other = store.get(0);
    other.matrix = row.matrix;
    other.points = row.points;
    Object.assign(other, { flags: { length: 4, 0: true, 1: true, 2: true, 3: true } });
    expect(Row.plain(other)).toMatchObject({ matrix: [[1, 2, 3], [4, 5, 6], [7, 8, 9]], points: [{ x: 1, y: 0 }, { x: 0, y: 2 }], flags: [true, true, true, true] });
    expect(JSON.stringify(row.points)).toBe('[{"x":1,"y":0},{"x":0,"y":2}]');
    expect(inspect(row.flags)).toBe('FixedArray [ true, false, true, false ]');
    expect(row.letters).toBe('é😀');
    const elsewhere = struct({ flags: ['?', 4] }).store(new ArrayBuffer(4), 0, 1).get(0);
    other.flags = elsewhere.flags;
    expect([...other.flags]).toEqual([false, false, false, false]);
  });

  it('refuses indexes outside, and other values, changing nothing', () => {
    const { row } = open();
    const before = Row.plain(row);
    for (const index of [4, -5, Infinity]) expect(() => row.flags.at(index)).toThrow(index === Infinity ? TypeError : RangeError);
    for (const index of [1.5, '1', null, NaN]) expect(() => row.flags.set(index as number, true)).toThrow(TypeError);
    expect(() => row.flags.set(4, true)).toThrow("['?', 4].set: index 4 is outside of the 4 items.");
    expect(() => row.flags.set(0, 1 as never)).toThrow("['?', 4].set(0): expected a boolean, got 1.");
    expect(() => row.points.set(0, { x: 1, y: 'no' as never })).toThrow(TypeError);
    expect(() => row.matrix.set(0, [1, 2])).toThrow(RangeError);
    expect(() => Object.assign(row, { matrix: [[1, 2, 3], [4, 5, 6], [7, 8, '9']] })).toThrow(/\.matrix\[2\]\[2\]: expected a number/);
    expect(() => Object.assign(row, { names: ['fits', 'too long'] })).toThrow(/\.names\[1\]: the text has 8 bytes/);
    expect(Row.plain(row)).toEqual(before);
  });
});
