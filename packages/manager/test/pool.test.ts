/** A pool in the server of a manager. One pool for all that leaves it whole. */
import { CancelledError, ClosedError, inline, InvalidStateError, TargetError, TimeoutError } from '@manycore/core';
import { TaskTimeoutError } from '@manycore/process';
import { caught } from '@manycore/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Manager, type PoolProxy, type SyncManager } from '@manycore/manager';
import { add, forEver, odd, prepare, reports, square, whatWasPrepared } from './fixtures/sync-clients.mjs';
import { all } from './helpers.js';

let manager: SyncManager;
let pool: PoolProxy;
beforeAll(async () => {
  manager = await Manager();
  pool = await manager.Pool(2, { initializer: prepare, initArgs: ['ready'], graceMs: 50 });
});
afterAll(() => manager.shutdown());

const reason = new Error('enough');

describe('a Pool of a manager', () => {
  it('calls functions in its workers, which were initialized', async () => {
    const values: unknown[] = [];
    const result = pool.apply(add, [2, 3], { callback: (value) => values.push(value) });
    expect(result.ready()).toBe(false);
    expect([await result, result.successful(), values]).toEqual([5, true, [5]]);
    expect(await pool.applyAsync(whatWasPrepared)).toBe('ready');
    expect(await pool.apply(inline((x: number) => x + 1), [1])).toBe(2);
    expect(await pool.map(square, [1, 2, 3], { chunkSize: 2 })).toEqual([1, 4, 9]);
    expect(await pool.starmap(add, [[1, 2], [3, 4]])).toEqual([3, 7]);
    expect(await pool.mapAsync(square, (async function* () { yield 5; })())).toEqual([25]);
    expect((await pool.stats()).workers).toHaveLength(2);
  });

  it('rejects with what a function threw', async () => {
    const errors: unknown[] = [];
    const result = pool.apply(odd, [2], { errorCallback: (error) => errors.push(error) });
    expect(await caught(result)).toMatchObject({ name: 'RangeError', message: '2 is even' });
    expect([result.successful(), errors.length]).toEqual([false, 1]);
    expect(String(await caught(pool.map(odd, [1, 2, 3])))).toBe('RangeError: 2 is even');
  });

  it('gives results as they are asked for, and pulls no more than there is room for', async () => {
    let pulled = 0;
    const endless = function* (): Generator<number> {
      for (;;) yield pulled++;
    };
    const results = pool.imap(square, endless(), { bufferSize: 4 });
    for (let i = 0; i < 10; i++) {
      expect(await results.next()).toEqual({ done: false, value: i * i });
      expect(pulled).toBeLessThanOrEqual(i + 1 + 4);
    }
    await results.return();
    expect(await results.next()).toEqual({ done: true, value: undefined });
    expect((await all(pool.imapUnordered(square, [1, 2, 3], { chunkSize: 2 }))).sort()).toEqual([1, 4, 9]);
  });

  it('goes on behind an item that failed, and ends with what the source threw', async () => {
    const source = function* (): Generator<number> {
      yield* [1, 2, 3];
      throw reason;
    };
    const results = pool.imap(odd, source(), { chunkSize: 2 });
    expect(await results.next()).toEqual({ done: false, value: 1 });
    expect(String(await caught(results.next()))).toBe('RangeError: 2 is even');
    expect(await results.next()).toEqual({ done: false, value: 3 });
    expect(await caught(results.next())).toBe(reason);
    expect((await results.next()).done).toBe(true);
  });

  it('tells what tasks report, and how far a map is', async () => {
    const seen: unknown[] = [];
    expect(await pool.apply(reports, [7], { onProgress: ({ value }) => seen.push(value) })).toBe(7);
    expect(seen).toEqual(['half of 7']);
    const done: number[] = [];
    await pool.map(square, [1, 2, 3, 4], { chunkSize: 2, onProgress: (progress) => done.push(progress.done) });
    expect(done).toEqual([2, 4]);
  });

  it('ends tasks whose time is up or whose call was aborted', async () => {
    expect(await caught(pool.apply(forEver, [], { timeout: 20 }))).toBeInstanceOf(TaskTimeoutError);
    const abort = new AbortController();
    const { signal } = abort;
    const calls = [pool.apply(forEver, [], { signal }), pool.map(forEver, [1], { signal })].map((call) => caught(call));
    const item = caught(pool.imap(forEver, [1], { signal }).next());
    const waiting = pool.imap(forEver, [1]);
    expect(await caught(waiting.next({ timeout: 5 }))).toBeInstanceOf(TimeoutError);
    await waiting.return();
    abort.abort(reason);
    expect(await Promise.all([...calls, item])).toEqual([reason, reason, reason]);
    expect(await pool.apply(add, [1, 1])).toBe(2);
  });

  it('refuses what it cannot do', () => {
    const secret = Math.random();
    expect(() => pool.apply(() => secret)).toThrow(TargetError);
    expect(() => pool.apply(add, 'x' as never)).toThrow(TypeError);
    expect(() => pool.map(square, 5 as never)).toThrow(TypeError);
    expect(() => pool.map(square, [1], { chunkSize: 0 })).toThrow(RangeError);
    expect(() => pool.imap(square, [1], { bufferSize: 0 })).toThrow(RangeError);
    expect(() => pool.apply(add, [1, 2], { transfer: [] } as never)).toThrow(/transfer is not possible/);
    expect(() => pool.apply(add, [1, 2], { timeout: 0 })).toThrow(RangeError);
  });

  it('ends as a local one', async () => {
    expect(await caught(pool.join())).toBeInstanceOf(InvalidStateError);
    await pool.close();
    expect(await caught(pool.apply(add, [1, 2]))).toBeInstanceOf(ClosedError);
    await pool.join();
    await using other = await manager.Pool(1);
    const lost = caught(other.apply(forEver));
    await other.terminate();
    expect(await lost).toBeInstanceOf(CancelledError);
  });
});
