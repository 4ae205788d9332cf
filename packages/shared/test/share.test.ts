import { decode, encode } from '@manycore/core/internal';
import { spawnFixture } from '@manycore/testing';
import { fileURLToPath } from 'node:url';
import { expect, expectTypeOf, it } from 'vitest';
import { share, sharedBuffer } from '../src/index.js';

function sent<T>(value: T): T {
  const { bytes, length } = encode(value, 'value');
  return decode(Buffer.from(bytes.subarray(0, length)), 0, length) as T;
}

const VIEWS = [
  new Float64Array([1.5, -0, NaN]), new Uint8Array([1, 2]).subarray(1), new BigInt64Array([1n]), new Int16Array(0), Buffer.from('text'), new DataView(new Uint8Array([1, 2, 3]).buffer, 1, 2),
] as const;

it.each(VIEWS)('copies %s into shared memory, and gives a view of the same kind', (view) => {
  const shared = share(view);
  expect(Object.getPrototypeOf(shared)).toBe(Object.getPrototypeOf(view));
  expect(shared.buffer).toBeInstanceOf(SharedArrayBuffer);
  expect(Buffer.from(shared.buffer as ArrayBuffer, shared.byteOffset, shared.byteLength)).toEqual(Buffer.from(view.buffer as ArrayBuffer, view.byteOffset, view.byteLength));
  expect(sent(shared).buffer).toBe(shared.buffer);
});

it.each([65_535, 65_536, 3_000_001])('copies each of %d bytes, and nothing beside them', (length) => {
  const all = new Uint8Array(length + 20).map((_, i) => i * 7 + (i >> 8));
  const shared = share(all.subarray(10, 10 + length));
  expect(Buffer.compare(shared, all.subarray(10, 10 + length))).toBe(0);
  expect(new Uint8Array(shared.buffer, length).every((byte) => byte === 0)).toBe(true);
});

it('leaves nothing behind when the system refuses to take the bytes', async () => {
  await using program = spawnFixture(fileURLToPath(new URL('fixtures/limited.mjs', import.meta.url)));
  const { lines } = await program.succeeded();
  expect(lines).toEqual(['ERR_MANYCORE_NATIVE share EFBIG', 'left 0', 'small [1,2]']);
});

it('leaves what is shared already where it is', () => {
  const view = new Int32Array(sharedBuffer(16).buffer, 4, 2);
  expect(share(view)).toBe(view);
});

it('refuses what is no view', () => {
  for (const value of [new ArrayBuffer(8), [1], 'text', null]) expect(() => share(value as never)).toThrow(TypeError);
});

it('keeps the type', () => {
  expectTypeOf(share(new Float64Array(1))).toEqualTypeOf<Float64Array<ArrayBuffer>>();
});
