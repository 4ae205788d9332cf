/** Against CPython's ctypes: the same layout, the same bytes, the same values. */
import { spawnSync } from 'node:child_process';
import { LONG, spawnFixture, type Fixture } from '@manycore/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { struct, type FieldDefinition, type StructDefinition } from '../../src/index.js';
import { canonical, CODES, definition, structAndValue } from './arbitrary.js';

const hasPython = spawnSync('python3', ['-c', 'import ctypes']).status === 0;
let python: Fixture | undefined;
let asked = 0;
beforeAll(() => {
  if (hasPython) python = spawnFixture(new URL('../fixtures/ctypes-peer.py', import.meta.url), { node: 'python3', timeout: 10 * LONG });
});
afterAll(() => python?.[Symbol.asyncDispose]());

async function ask(op: string, order: object): Promise<unknown> {
  const number = asked++;
  python!.send(JSON.stringify({ op, ...order }));
  const line = await python!.line(new RegExp(`^${number} `));
  const answer: unknown = JSON.parse(line.slice(line.indexOf(' ')));
  expect(answer).not.toHaveProperty('error');
  return answer;
}

/** A value as JSON can carry it to Python. */
function carried(type: FieldDefinition, value: unknown): unknown {
  if (typeof type === 'string') {
    const code = canonical(type);
    if (code === 'f' || code === 'd') return Buffer.from(Float64Array.of(value as number).buffer).toString('hex');
    return code === 'q' || code === 'Q' ? String(value) : value;
  }
  if (Array.isArray(type)) return typeof value === 'string' ? value : Array.from(value as ArrayLike<unknown>, (item) => carried(type[0] as FieldDefinition, item));
  return Object.fromEntries(Object.entries(type as StructDefinition).map(([name, field]) => [name, carried(field, (value as Record<string, unknown>)[name])]));
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** One struct over bytes that are no zeros, with others before and behind it. */
function opened(fields: StructDefinition) {
  const Struct = struct(fields);
  const store = Struct.store(new SharedArrayBuffer(Struct.bytes * 3), 0, 3);
  store.cells.fill(0xa5);
  const [before, bytes, behind] = [0, 1, 2].map((i) => store.cells.subarray(i * Struct.bytes, (i + 1) * Struct.bytes)) as [Uint8Array, Uint8Array, Uint8Array];
  return { store, bytes, around: [before, behind], untouched: hex(new Uint8Array(Struct.bytes).fill(0xa5)) };
}

// Without a python3 there is nothing to compare with.
describe.skipIf(!hasPython)('ctypes', () => {
  it('puts every field of every struct where we put it', async () => {
    await fc.assert(
      fc.asyncProperty(definition, async (fields) => {
        const { bytes, align, fields: placed } = struct(fields);
        expect({ bytes, align, fields: placed.map(({ name, offset, bytes }) => ({ name, offset, bytes })) }).toEqual(await ask('layout', { definition: fields }));
      }),
      { numRuns: 400 },
    );
  });

  it.each(CODES)('lays out %s alone, behind a byte, and in an array as we do', async (code) => {
    const fields = { first: 'u8', alone: code, second: 'b', few: [code, 3], end: '?' } as const;
    const { bytes, align, fields: placed } = struct(fields);
    expect({ bytes, align, fields: placed.map(({ name, offset, bytes }) => ({ name, offset, bytes })) }).toEqual(await ask('layout', { definition: fields }));
  });

  it('reads what we wrote, of every typecode, and we read what it wrote', async () => {
    await fc.assert(
      fc.asyncProperty(structAndValue, async ([fields, value]) => {
        const { store, bytes, around, untouched } = opened(fields);
        store.set(1, value, 'test');
        const there = await ask('read', { definition: fields, hex: hex(bytes) });
        expect(there).toEqual(carried(fields, value));
        for (const other of around) expect(hex(other)).toBe(untouched);

        store.set(1, {}, 'test');
        bytes.set(Buffer.from((await ask('write', { definition: fields, value: carried(fields, value), over: hex(bytes) })) as string, 'hex'));
        expect(store.copy(1, 2)).toEqual([value]);
        expect(carried(fields, store.get(1))).toEqual(carried(fields, value));
      }),
      { numRuns: 300 },
    );
  });

  it('writes the same bytes as we do, byte for byte, and like us leaves padding alone', async () => {
    await fc.assert(
      fc.asyncProperty(structAndValue, async ([fields, value]) => {
        const { store, bytes } = opened(fields);
        // What is behind text is zeroed by us and left alone by ctypes; so only padding is filled.
        store.set(1, {}, 'test');
        const over = hex(bytes);
        store.set(1, value, 'test');
        expect(hex(bytes)).toBe(await ask('write', { definition: fields, value: carried(fields, value), over }));
      }),
      { numRuns: 300 },
    );
  });
});
