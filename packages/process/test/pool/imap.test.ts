import { CancelledError, TimeoutError } from '@manycore/core';
import { Pool } from '@manycore/process';
import { until } from '@manycore/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as tasks from '../fixtures/pool-tasks.mjs';
import { caught, gate, METHODS } from './helpers.js';

const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

async function all<T>(results: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const result of results) list.push(result);
  return list;
}

describe.each(METHODS)('Pool.imap, %s', (startMethod) => {
  let pool: Pool;
  beforeAll(() => {
    pool = new Pool(2, { startMethod });
  });
  afterAll(() => pool.terminate());

  it.each([1, 3, 50])('gives results in order, with chunk size %s', async (chunkSize) => {
    expect(await all(pool.imap(tasks.double, range(40), { chunkSize }))).toEqual(range(40).map((x) => x * 2));
    const unordered = await all(pool.imapUnordered(tasks.double, range(40), { chunkSize }));
    expect(unordered.sort((a, b) => a - b)).toEqual(range(40).map((x) => x * 2));
  });

  it('gives unordered results as they come', async () => {
    using held = gate();
    const results = pool.imapUnordered(tasks.waitIfPipe, [held.theirs, 1, 2]);
    await held.begun();
    expect([(await results.next()).value, (await results.next()).value].sort()).toEqual([1, 2]);
    await held.open();
    expect((await results.next()).value).toBe('opened');
    expect((await results.next()).done).toBe(true);
  });

  it('pulls an endless input only as far ahead as it may', async () => {
    let pulled = 0;
    let isClosed = false;
    function* endless(): Generator<number> {
      try {
        for (;;) yield pulled++;
      } finally {
        isClosed = true;
      }
    }
    const results = pool.imap(tasks.double, endless(), { bufferSize: 5 });
    await until(() => pulled >= 5, { what: 'the first items are pulled' });
    expect((await results.next()).value).toBe(0);
    await until(() => pulled >= 6, { what: 'one more is pulled' });
    expect((await results.next()).value).toBe(2);
    expect(pulled).toBeLessThanOrEqual(7);
    await results.return();
    expect(isClosed).toBe(true);
    expect(await results.next()).toEqual({ done: true, value: undefined });
  });

  it('tells the source when a loop is left', async () => {
    let isClosed = false;
    async function* endless(): AsyncGenerator<number> {
      try {
        for (let i = 0; ; i++) yield await Promise.resolve(i);
      } finally {
        isClosed = true;
      }
    }
    for await (const value of pool.imap(tasks.double, endless(), { chunkSize: 2 })) if (value === 10) break;
    expect(isClosed).toBe(true);
  });

  it.each([1, 4])('rejects for an item that failed at its place, and goes on, with chunk size %s', async (chunkSize) => {
    const results = pool.imap(tasks.failAtThree, range(6), { chunkSize });
    const seen: unknown[] = [];
    for (;;) {
      try {
        const step = await results.next();
        if (step.done === true) break;
        seen.push(step.value);
      } catch (error) {
        seen.push((error as Error).message);
      }
    }
    expect(seen).toEqual([0, 1, 2, 'item 3', 4, 5]);
  });

  it('rejects with what the source throws, behind the results before', async () => {
    function* broken(): Generator<number> {
      yield 1;
      yield 2;
      throw new Error('no more');
    }
    const results = pool.imap(tasks.double, broken());
    expect([(await results.next()).value, (await results.next()).value]).toEqual([2, 4]);
    expect(((await caught(results.next())) as Error).message).toBe('no more');
    expect((await results.next()).done).toBe(true);
  });

  it('leaves a result for the next call when the time was up', async () => {
    using held = gate();
    const results = pool.imap(tasks.waitIfPipe, [held.theirs, 1]);
    await held.begun();
    expect(TimeoutError.isInstance(await caught(results.next({ timeout: 1 })))).toBe(true);
    expect(TimeoutError.isInstance(await caught(results.next({ timeout: 0 })))).toBe(true);
    const reason = new Error('enough');
    expect(await caught(results.next({ signal: AbortSignal.abort(reason) }))).toBe(reason);
    await held.open();
    expect([(await results.next()).value, (await results.next()).value]).toEqual(['opened', 1]);
  });

  it('serves several that ask at a time, in their order', async () => {
    const results = pool.imap(tasks.double, range(5));
    const steps = await Promise.all(range(7).map(() => results.next()));
    expect(steps.map(({ value }) => value)).toEqual([0, 2, 4, 6, 8, undefined, undefined]);
  });

  it('refuses bad options at once', () => {
    for (const options of [{ chunkSize: 0 }, { bufferSize: 0 }, { chunkSize: 1.5 }]) expect(() => pool.imap(tasks.double, [1], options)).toThrow(RangeError);
    expect(() => pool.imap(tasks.double, 1 as never)).toThrow(TypeError);
  });
});

describe('imap and the end of its pool', () => {
  it('a pool that is closed finishes it, although nobody asks for results', async () => {
    const pool = new Pool(2);
    const results = pool.imap(tasks.double, range(500));
    pool.close();
    await pool.join();
    expect(await all(results)).toEqual(range(500).map((x) => x * 2));
  });

  it('a pool that is terminated ends it with an error', async () => {
    const pool = new Pool(1);
    function* endless(): Generator<number> {
      for (let i = 0; ; i++) yield i;
    }
    const results = pool.imap(tasks.double, endless(), { bufferSize: 3 });
    expect((await results.next()).value).toBe(0);
    await pool.terminate();
    const outcomes: unknown[] = [];
    for (let step: IteratorResult<number> | undefined; step?.done !== true; ) {
      try {
        step = await results.next();
      } catch (error) {
        outcomes.push(CancelledError.isInstance(error));
      }
    }
    expect(outcomes.every(Boolean)).toBe(true);
  });
});
