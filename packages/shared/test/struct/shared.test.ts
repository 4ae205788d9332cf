import { inspect } from 'node:util';
import { decode, encode } from '@manycore/core/internal';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { RawArray, SharedArray, struct, Value } from '../../src/index.js';

const Point = struct({ x: 'f64', y: 'f64', id: 'u32', tag: ['u8', 16] });

function sent<T>(value: T): T {
  const { bytes, length } = encode(value, 'value');
  return decode(Buffer.from(bytes.subarray(0, length)), 0, length) as T;
}

describe('a Value of a struct', () => {
  it('has fields that are read and written in place', () => {
    const value = new Value(Point, { x: 1, y: 2 });
    value.value.x += 0.5;
    value.value.tag.set([1, 2, 3]);
    expect([value.value.x, value.value.y, value.value.id, [...value.value.tag.subarray(0, 4)]]).toEqual([1.5, 2, 0, [1, 2, 3, 0]]);
    expectTypeOf(value.value.x).toEqualTypeOf<number>();
    value.value = { id: 7 };
    expect(Point.plain(value.value)).toEqual({ x: 0, y: 0, id: 7, tag: Array(16).fill(0) });
    expect(() => (value.value = { id: -1 })).toThrow(RangeError);
    expect(() => (value.value = { z: 1 } as never)).toThrow(TypeError);
    expect(value.value.id).toBe(7);
  });

  it('is the same memory where it arrives, and so are the views of its fields, which show nothing else', () => {
    const value = new Value(Point);
    const { other, tag } = sent({ other: value, tag: value.value.tag as unknown as Uint8Array });
    other.value.x = 3;
    tag[0] = 9;
    expect([value.value.x, value.value.tag[0], tag.buffer.byteLength]).toEqual([3, 9, 4096]);
    expect(sent(value.getObj()).value.x).toBe(3);
  });

  it('has no atomic operations', () => {
    expect(() => (new Value(Point) as unknown as Value<'i'>).add(1)).toThrow(TypeError);
  });
});

describe('an array of structs', () => {
  it('has accessors, plain copies, and their bytes as its view', () => {
    const points = new SharedArray(Point, [{ x: 1 }, { x: 2, id: 5 }]);
    points.at(-1).y = 4;
    points.set(0, { x: 9, tag: Array(16).fill(1) });
    expect([...points].map(({ x, y, id }) => [x, y, id])).toEqual([[9, 0, 0], [2, 4, 5]]);
    expect(points.slice(1)).toEqual([{ x: 2, y: 4, id: 5, tag: Array(16).fill(0) }]);
    expect([points.view.constructor, points.view.length]).toEqual([Uint8Array, 2 * Point.bytes]);
    expect(() => points.at(2)).toThrow(RangeError);
    expect(inspect(points)).toMatch(/^<SharedArray\('struct { x, y, id, tag }', 2\) \[ struct { x: 9/);
  });

  it('is the same memory where it arrives', () => {
    const points = new SharedArray(Point, 3);
    const other = sent(points);
    other.at(1).id = 8;
    expect(points.at(1).id).toBe(8);
    const raw = sent(new RawArray(Point, 2));
    raw.at(0).x = 1;
    expect(raw.at(0).x).toBe(1);
  });

  it('forEach goes over it with one accessor', () => {
    const points = new SharedArray(Point, [{ id: 1 }, { id: 2 }, { id: 3 }]);
    const seen: [number, number][] = [];
    const accessors = new Set();
    points.forEach((point, i) => {
      seen.push([point.id, i]);
      accessors.add(point);
    });
    expect([seen, accessors.size]).toEqual([[[1, 0], [2, 1], [3, 2]], 1]);
    const numbers: number[] = [];
    new SharedArray('i', [4, 5]).forEach((n) => numbers.push(n));
    expect(numbers).toEqual([4, 5]);
  });
});
