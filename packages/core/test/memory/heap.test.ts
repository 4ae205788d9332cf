import { setImmediate as turn } from 'node:timers/promises';
import { memoryUsage, sharedBuffer } from '@manycore/core';
import { decode, encode, session } from '@manycore/core/internal';
import { until } from '@manycore/testing';
import { runInNewContext } from 'node:vm';
import { setFlagsFromString } from 'node:v8';
import { describe, expect, it } from 'vitest';

setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc') as () => void;

const collected = (condition: () => boolean, what: string): Promise<unknown> =>
  until(
    async () => {
      gc();
      await turn();
      return condition();
    },
    { what },
  );

function roundTrip<T>(value: T): T {
  const message = encode(value, 'value');
  return decode(Buffer.from(message.bytes.subarray(0, message.length)), 0, message.length) as T;
}

describe('session memory', () => {
  it('is given back when the last view of it is dropped', async () => {
    const before = memoryUsage().chargedBytes;
    let bytes: Uint8Array | undefined = sharedBuffer(8 * 2 ** 20);
    bytes.fill(1);
    expect(memoryUsage().chargedBytes - before).toBe(8 * 2 ** 20);
    bytes = undefined;
    await collected(() => memoryUsage().chargedBytes === before, 'the buffer to be given back');
  });

  it('stays flat while large buffers are made and dropped', async () => {
    const before = memoryUsage();
    for (let i = 0; i < 200; i++) {
      sharedBuffer(4 * 2 ** 20).fill(i);
      if (i % 10 === 9) await collected(() => memoryUsage().chargedBytes - before.chargedBytes < 60 * 2 ** 20, 'dropped buffers to be given back');
    }
    await collected(() => memoryUsage().chargedBytes <= before.chargedBytes, 'the last buffers to be given back');
    expect(memoryUsage().allocatedBytes - before.allocatedBytes).toBeLessThan(2 ** 20);
  });

  it('is zeroed when it is handed out again', async () => {
    const { heap } = session();
    const offsets = new Map<number, number>();
    for (let round = 0; round < 50; round++) {
      const block = heap.allocate(256, 'test.zero');
      offsets.set(block.offset, (offsets.get(block.offset) ?? 0) + 1);
      for (let i = 0; i < 64; i++) {
        expect(block.words.load(i)).toBe(0);
        block.words.store(i, -1);
      }
      if (round % 10 === 9) {
        gc();
        await turn();
      }
    }
    expect(Math.max(...offsets.values())).toBeGreaterThan(1);
  });

  it('travels by reference: views that arrive lie on the same memory, and on one buffer', () => {
    const bytes = sharedBuffer(100);
    const [part, whole] = roundTrip([bytes.subarray(8, 16), new Int32Array(bytes.buffer, 0, 4)] as const);
    expect(part.length).toBe(8);
    expect(part.buffer).toBe(whole.buffer);
    part[0] = 42;
    expect(bytes[8]).toBe(42);
    whole[2] = 7;
    expect(bytes[8]).toBe(7);
  });

  it('refuses a reference to an object that is gone', async () => {
    const { heap } = session();
    let block: { id: number; generation: number } | undefined = heap.allocate(64, 'test.gone');
    const ref = { id: block.id, generation: block.generation };
    block = undefined;
    const refusal = (): unknown => {
      try {
        heap.acquire(ref, 'test.gone');
        return undefined;
      } catch (error) {
        return (error as { code: string }).code;
      }
    };
    await collected(() => refusal() === 'ERR_MANYCORE_CLOSED', 'the reference to be refused');
  });

  it('refuses a reference to an object of another type, and one that never was', () => {
    const { heap } = session();
    const block = heap.allocate(64, 'test.kind');
    expect(() => heap.acquire(block, 'test.other')).toThrow(/is no test\.other/);
    expect(() => heap.acquire({ id: -5, generation: 1 }, 'test.kind')).toThrow(/no longer exists/);
    expect(() => heap.acquire({ id: 2 ** 40, generation: 1 }, 'test.kind')).toThrow(/no longer exists/);
  });

  it('gives a bundle room of its own, zeroed, which is charged when it is large and lives as long as the bundle', async () => {
    const { heap } = session();
    const owner = heap.allocate(64, 'test.owner');
    const member = heap.allocate(64, 'test.member');
    const before = memoryUsage().chargedBytes;
    const bundle = heap.bundle(owner, [member], owner.address, 2 ** 20);
    const block = heap.bundleBlock(bundle);
    expect(memoryUsage().chargedBytes - before).toBeGreaterThanOrEqual(2 ** 20);
    expect([block.words.load(2), block.words.load(1000)]).toEqual([0, 0]);
    block.words.store(2, 7);
    expect(heap.bundleBlock(bundle).words.load(2)).toBe(7);
    expect(heap.unbundle(bundle, owner.address).map(({ id }) => id)).toEqual([member.id]);
    heap.dropBundle(bundle, owner.address);
    await collected(() => memoryUsage().chargedBytes <= before, 'the bundle to be given back');
    expect(owner.words.load(0)).toBe(0);
  });

  it.each([
    ['a string', '5', TypeError],
    ['NaN', NaN, RangeError],
    ['a negative size', -1, RangeError],
    ['a fraction', 1.5, RangeError],
  ])('refuses %s as a length', (_, length, error) => {
    expect(() => sharedBuffer(length as number)).toThrow(error);
  });

  it('gives an empty view for no bytes', () => {
    expect(sharedBuffer(0).length).toBe(0);
  });
});
