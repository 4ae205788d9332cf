import { spawnFixture } from '@manycore/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { struct } from '../../src/index.js';
import type { FieldType } from '../../src/struct/field-type.js';
import { Memory } from '../../src/struct/memory.js';
import { MANY_BYTES } from '../../src/struct/move-bytes.js';
import { scalarField } from '../../src/struct/scalar-field.js';
import { scalarOf } from '../../src/scalar.js';
import { CODES, definition } from './arbitrary.js';

describe('numbers of a struct', () => {
  it('are read and written at once, so that other threads see no half of one', async () => {
    await using child = spawnFixture(new URL('../fixtures/struct-tearing.mjs', import.meta.url), { execArgv: ['--no-opt'] });
    const { stdout } = await child.succeeded();
    const { ones, others, torn } = JSON.parse(stdout) as { ones: number; others: number; torn: string[] };
    expect(torn).toEqual([]);
    expect(ones + others).toBeGreaterThan(0);
  });

  it.each(CODES)('of %s are written as one cell', (code) => {
    const type = scalarField(scalarOf(code)!);
    const { memory, cells } = recording(type);
    type.encode(memory, 0, { c: 'a', u: 'a', '?': true, bool: true }[code as string] ?? 1, 'test');
    expect(cells).toEqual([[0, type.bytes]]);
  });

  it('are each copied in one cell that covers it, and padding in none', () => {
    fc.assert(
      fc.property(definition, (fields) => {
        const made = struct(fields) as unknown as FieldType;
        const { memory, cells } = recording(made);
        made.move(new Memory(new ArrayBuffer(made.bytes), 0, made.bytes, made.align), 0, memory, 0);
        for (const [start, end, isInLarge] of numbersIn(made, 0)) if (!isInLarge) expect(cells.filter(([from, to]) => from <= start && end <= to)).toHaveLength(1);
        const copied = new Set(cells.flatMap(([from, to]) => Array.from({ length: to - from }, (_, i) => from + i)));
        const used = new Set(numbersIn(made, 0).flatMap(([from, to]) => Array.from({ length: to - from }, (_, i) => from + i)));
        expect(copied).toEqual(used);
      }),
      { numRuns: 300 },
    );
  });
});

type Range = readonly [from: number, to: number, isInLarge?: boolean];

/** Where the numbers and characters of a type are, and whether they lie in an array of more than 256 bytes, which is copied as bytes. */
function numbersIn(type: FieldType, at: number): Range[] {
  const { fields } = type as unknown as { fields?: readonly { offset: number; type: unknown }[] };
  if (fields !== undefined) return fields.flatMap((field) => rangesOf(field.type, at + field.offset));
  return rangesOf(type.type, at);
}

function rangesOf(type: unknown, at: number): Range[] {
  if (typeof type === 'string') return [[at, at + struct({ x: type as 'b' }).bytes]];
  if (!Array.isArray(type)) return numbersIn(type as FieldType, at);
  const bytes = struct({ x: type[0] as 'b' }).bytes;
  const length = type[1] as number;
  return Array.from({ length }, (_, i) => rangesOf(type[0], at + i * bytes)).flat().map(([from, to, isInLarge]) => [from, to, isInLarge === true || bytes * length > MANY_BYTES] as const);
}

/** Memory for one value of a type, and the cells that were written in it, as from and to. */
function recording(type: FieldType): { memory: Memory; cells: Range[] } {
  const cells: Range[] = [];
  const real = new Memory(new ArrayBuffer(type.bytes), 0, type.bytes, type.align);
  const record = ([name, array]: [string, unknown]): [string, unknown] => {
    if (!(array instanceof Object.getPrototypeOf(Uint8Array))) return [name, array];
    const width = (array as Uint8Array).BYTES_PER_ELEMENT;
    const set = (_target: unknown, index: string | symbol): boolean => cells.push([Number(index) * width, (Number(index) + 1) * width]) > 0;
    const get = (target: Uint8Array, key: keyof Uint8Array): unknown => (key === 'set' ? (bytes: Uint8Array, at: number) => bytes.forEach((_, i) => cells.push([at + i, at + i + 1])) : target[key]);
    return [name, new Proxy(array as Uint8Array, { set, get: get as never })];
  };
  return { memory: Object.fromEntries(Object.entries(real).map(record)) as unknown as Memory, cells };
}
