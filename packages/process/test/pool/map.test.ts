import { ClosedError, SerializationError } from '@manycore/core';
import { Pool } from '@manycore/process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as tasks from '../fixtures/pool-tasks.mjs';
import { caught, gate, METHODS } from './helpers.js';

const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

describe.each(METHODS)('Pool.map, %s', (startMethod) => {
  let pool: Pool;
  beforeAll(() => {
    pool = new Pool(2, { startMethod });
  });
  afterAll(() => pool.terminate());

  it.each([undefined, 1, 7, 1000])('gives the results in the order of the items, with chunk size %s', async (chunkSize) => {
    expect(await pool.map(tasks.double, range(100), { chunkSize })).toEqual(range(100).map((x) => x * 2));
  });

  it('takes any iterable, and asynchronous ones', async () => {
    expect(await pool.map(tasks.double, new Set([1, 2, 3]))).toEqual([2, 4, 6]);
    expect(await pool.map(tasks.echo, 'äb')).toEqual(['ä', 'b']);
    async function* numbers(): AsyncGenerator<number> {
      for (let i = 0; i < 5; i++) yield await Promise.resolve(i);
    }
    expect(await pool.map(tasks.double, numbers())).toEqual([0, 2, 4, 6, 8]);
    expect(await pool.mapAsync(tasks.double, [])).toEqual([]);
  });

  it.each([undefined, 1])('has taken its input when it returns, with chunk size %s', async (chunkSize) => {
    const items = range(1000);
    const results = pool.map(tasks.double, items, { chunkSize });
    items.fill(-1, 0, 500);
    items.push(1, 2, 3);
    items.length = 900;
    expect(await results).toEqual(range(1000).map((x) => x * 2));
    const holes = [1, , 3] as number[]; // eslint-disable-line no-sparse-arrays -- what is tested
    expect(await pool.map(tasks.echo, holes, { chunkSize })).toEqual([1, undefined, 3]);
  });

  it('iterates what only looks like an array', async () => {
    class Doubled extends Array<number> {
      override *[Symbol.iterator](): ArrayIterator<number> {
        for (let i = 0; i < this.length; i++) yield this[i]! * 2;
      }
    }
    expect(await pool.map(tasks.echo, Doubled.from([1, 2]))).toEqual([2, 4]);
  });

  it('gives the function the item alone', async () => {
    expect(await pool.map(tasks.argumentCount, range(3))).toEqual([1, 1, 1]);
  });

  it('spreads lists of arguments in starmap', async () => {
    expect(await pool.starmap(tasks.add, [[1, 2], [3, 4]])).toEqual([3, 7]);
    expect(await pool.starmapAsync(tasks.add, new Map([[5, 6]]))).toEqual([11]);
  });

  it('awaits what the function returns', async () => {
    expect(await pool.map(tasks.later, range(20), { chunkSize: 5 })).toEqual(range(20));
  });

  it('rejects with the error of the first item that failed, when everything else is done', async () => {
    const done: number[] = [];
    const error = await caught(pool.map(tasks.failAtThree, [...range(10), 3, ...range(10)], { chunkSize: 1, onProgress: (progress) => done.push(progress.done) }));
    expect((error as Error).message).toBe('item 3');
    expect((error as Error).stack).toContain('map.test.ts');
    expect(done.at(-1)).toBe(18);
  });

  it('does not wait when it is to fail fast', async () => {
    using held = gate();
    const error = await caught(pool.starmap(tasks.waitOrFail, [[held.theirs], [undefined]], { chunkSize: 1, failFast: true }));
    expect((error as Error).message).toBe('nothing to wait at');
    await held.open();
  });

  it('rejects with what the input throws', async () => {
    function* broken(): Generator<number> {
      yield 1;
      throw new Error('no more');
    }
    expect(() => pool.map(tasks.double, broken())).toThrow('no more');
    async function* brokenLater(): AsyncGenerator<number> {
      yield await Promise.resolve(1);
      throw new Error('no more later');
    }
    expect(((await caught(pool.map(tasks.double, brokenLater()))) as Error).message).toBe('no more later');
  });

  it('names the item that cannot be sent', async () => {
    const error = await caught(pool.map(tasks.echo, [1, { f: () => 1 }], { chunkSize: 2 }));
    expect(SerializationError.isInstance(error)).toBe(true);
    expect((error as Error).message).toContain('items[1].f');
  });

  it('stops with its signal', async () => {
    const controller = new AbortController();
    const reason = new Error('changed my mind');
    using held = gate();
    const result = pool.starmap(tasks.waitAt, [[held.theirs, 1], ...range(50).map((i) => [undefined, i])] as never, { chunkSize: 1, signal: controller.signal });
    await held.begun();
    controller.abort(reason);
    expect(await caught(result)).toBe(reason);
    await held.open();
    expect(await caught(pool.map(tasks.double, [1], { signal: AbortSignal.abort(reason) }))).toBe(reason);
    expect(await pool.map(tasks.double, range(10))).toEqual(range(10).map((x) => x * 2));
  });

  it('reports progress chunk by chunk', async () => {
    const seen: unknown[] = [];
    await pool.map(tasks.double, range(10), { chunkSize: 4, onProgress: ({ done, total, value }) => seen.push([done, total, value]) });
    expect(seen).toHaveLength(3);
    expect(seen.at(-1)).toEqual([10, 10, undefined]);
  });

  it('refuses bad input and options at once', () => {
    expect(() => pool.map(tasks.double, 5 as never)).toThrow(TypeError);
    expect(() => pool.map(5 as never, [])).toThrow(TypeError);
    for (const chunkSize of [0, -1, 1.5]) expect(() => pool.map(tasks.double, [1], { chunkSize })).toThrow(RangeError);
    expect(() => pool.map(tasks.double, [1], { chunkSize: NaN })).toThrow(TypeError);
    expect(() => pool.map(tasks.double, [1], { failFast: 1 as never })).toThrow(TypeError);
  });

  it('does a hundred at a time', async () => {
    const maps = range(100).map((i) => pool.map(tasks.add1, range(i), { chunkSize: 3 }));
    expect(await Promise.all(maps)).toEqual(range(100).map((i) => range(i).map((x) => x + 1)));
  });

  it('keeps few tasks at a time of a long input', async () => {
    const result = pool.map(tasks.double, range(20_000), { chunkSize: 1 });
    const queued = Number(/queued=(\d+)/.exec(inspectOf(pool))![1]);
    expect(queued).toBeLessThan(1000);
    expect((await result).at(-1)).toBe(39_998);
  });
});

const inspectOf = (pool: Pool): string => (pool as unknown as Record<symbol, () => string>)[Symbol.for('nodejs.util.inspect.custom')]!();

describe('a closed pool', () => {
  it('takes no work, and does what it has', async () => {
    const pool = new Pool(1);
    const result = pool.map(tasks.double, range(1000), { chunkSize: 1 });
    pool.close();
    expect(() => pool.map(tasks.double, [1])).toThrow(ClosedError);
    expect(() => pool.apply(tasks.double, [1])).toThrow(ClosedError);
    expect(() => pool.imap(tasks.double, [1])).toThrow(ClosedError);
    await pool.join();
    expect(result.ready()).toBe(true);
    expect(await result).toHaveLength(1000);
    pool.close();
    await pool.terminate();
  });
});
