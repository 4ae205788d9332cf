import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { readFileSync } from 'node:fs';
import { spawnFixture, until } from '@manycore/testing';
import { InvalidStateError, memoryUsage } from '@manycore/core';
import { BrokenExecutorError, BrokenProcessPoolError, BrokenThreadPoolError, Pool, ThreadPool, type PoolOptions, type PoolWorkerMessage } from '@manycore/process';
import { describe, expect, it } from 'vitest';
import * as tasks from '../fixtures/pool-tasks.mjs';
import { exists, fixture, gone, numbersIn } from '../helpers.js';
import { caught, METHODS } from './helpers.js';

const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
const countChildren = (): number => readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').split(' ').filter(Boolean).length;
const inspectOf = (pool: Pool): string => (pool as unknown as Record<symbol, () => string>)[Symbol.for('nodejs.util.inspect.custom')]!();

describe.each(METHODS)('the workers of a pool, %s', (startMethod) => {
  const make = (size: number, options: PoolOptions = {}): Pool => new Pool(size, { startMethod, ...options });

  it('run its initializer before any task', async () => {
    await using pool = make(2, { initializer: tasks.initialize, initArgs: [{ model: 1 }] });
    expect(await pool.map(tasks.initialized_, range(10), { chunkSize: 1 })).toEqual(range(10).map(() => ({ model: 1 })));
  });

  it('break the pool when that fails, with its error as the cause', async () => {
    await using pool = make(2, { initializer: tasks.failToInitialize });
    const results = range(3).map(() => pool.apply(tasks.double, [1]));
    const errors = (await Promise.all(results.map(caught))) as BrokenExecutorError[];
    const ErrorClass = startMethod === 'thread' ? BrokenThreadPoolError : BrokenProcessPoolError;
    for (const error of errors) {
      expect(error).toBeInstanceOf(ErrorClass);
      expect(error).toMatchObject({ cause: { name: 'RangeError', message: 'no model' } });
    }
    expect(new Set(errors).size).toBe(3);
    expect(() => pool.apply(tasks.double, [1])).toThrow(ErrorClass);
    await pool.join();
  });

  it('are replaced after their number of tasks', async () => {
    await using pool = make(1, { maxTasksPerChild: 2 });
    const seen = await pool.map(tasks.countCalls, range(6), { chunkSize: 1 });
    expect(seen.map(({ count }: { count: number }) => count)).toEqual([1, 2, 1, 2, 1, 2]);
    expect(await pool.apply(tasks.countCalls)).toMatchObject({ count: 1 });
  });

  it('have names and numbers', async () => {
    await using pool = make(2, { name: 'render' });
    const names = new Set(await pool.map(tasks.nameOf, range(50), { chunkSize: 1 }));
    expect([...names].every((name) => /^render-[12]$/.test(name as string))).toBe(true);
    expect(inspectOf(pool)).toMatch(/^<Pool running workers=2 queued=0 running=0>$/);
  });

  it('may have pools of their own', async () => {
    await using pool = make(2);
    expect(await pool.map(tasks.nested, [3, 4], { chunkSize: 1 })).toEqual([6, 12]);
  });

  it('leave nothing behind', async () => {
    const before = memoryUsage().chargedBytes;
    for (let i = 0; i < 3; i++) {
      const pool = make(2);
      await pool.map(tasks.double, range(100));
      await pool.terminate();
      expect(inspectOf(pool)).toMatch(/^<Pool terminated/);
    }
    await until(() => memoryUsage().chargedBytes <= before + 2 ** 21, { what: 'memory is given back' });
  });
});

describe('a pool', () => {
  it('replaces workers that have grown', async () => {
    await using pool = new Pool(1, { maxMemoryPerChild: 1 });
    const first = await pool.apply(tasks.pid);
    await until(async () => (await pool.apply(tasks.pid)) !== first, { what: 'another worker' });
  });

  it('cannot be joined while it takes work', async () => {
    await using pool = new Pool(1);
    expect(InvalidStateError.isInstance(await caught(pool.join()))).toBe(true);
  });

  it('starts a worker, more for tasks that would wait, and before long all', async () => {
    const up = new Set<number | null>();
    const hear = (message: unknown): unknown => (message as PoolWorkerMessage).pool === "Pool 'crew'" && up.add((message as PoolWorkerMessage).workerId);
    subscribe('manycore:worker:up', hear);
    try {
      const before = countChildren();
      await using pool = new Pool(3, { startMethod: 'spawn', name: 'crew' });
      const started = [countChildren() - before];
      for (let i = 0; i < 2; i++) {
        pool.apply(tasks.double, [1]);
        started.push(countChildren() - before);
      }
      expect(started).toEqual([1, 1, 2]);
      await until(() => up.size === 3, { what: 'the third worker' });
    } finally {
      unsubscribe('manycore:worker:up', hear);
    }
  });

  it.each(METHODS)('tells of a worker that is up while its first task blocks it, %s', async (startMethod) => {
    let isUp = false;
    const hear = (message: unknown): void => void (isUp ||= (message as PoolWorkerMessage).pool === "Pool 'blocked'");
    subscribe('manycore:worker:up', hear);
    try {
      await using pool = new Pool(1, { startMethod, name: 'blocked', graceMs: 0 });
      // It sends nothing more: whatever else rings, the pool would look.
      const result = pool.apply(tasks.blockIfThree, [3]);
      await until(() => isUp, { what: 'the worker is up' });
      expect(result.ready()).toBe(false);
    } finally {
      unsubscribe('manycore:worker:up', hear);
    }
  });

  it('of threads is a ThreadPool', async () => {
    await using pool = new ThreadPool(2);
    expect(await pool.apply(tasks.pid)).toBe(process.pid);
    expect(await pool.apply(tasks.name)).toMatch(/^ThreadPoolWorker-/);
  });

  it('refuses bad options at once, and starts nothing', () => {
    for (const processes of [0, -1, 1.5, Infinity]) expect(() => new Pool(processes), String(processes)).toThrow(RangeError);
    for (const processes of ['2', NaN]) expect(() => new Pool(processes as never), String(processes)).toThrow(TypeError);
    for (const options of [{ maxTasksPerChild: 0 }, { maxMemoryPerChild: -1 }, { graceMs: -1 }]) expect(() => new Pool(1, options), JSON.stringify(options)).toThrow(RangeError);
    for (const options of [{ initializer: 1 }, { initArgs: 1 }, { startMethod: 'fork' }, { name: 1 }, { unknown: 1 }, { maxMemoryPerChild: 1, startMethod: 'thread' }, null]) {
      expect(() => new Pool(1, options as never), JSON.stringify(options)).toThrow(TypeError);
    }
  });
});

describe('the program of a pool', () => {
  const program = (...args: string[]): ReturnType<typeof spawnFixture> => spawnFixture(fixture('pool-program.mjs'), { args });

  it.each(['spawn', 'forkserver', 'thread'])('ends by itself when its work is done, whether or not it ended the pool (%s)', async (method) => {
    await using child = program('forget', method);
    const pids = numbersIn(await child.line(/^workers/));
    expect((await child.done).exitCode).toBe(0);
    if (method !== 'thread') expect(pids.filter(exists)).toEqual([]);
  });

  it('breaks it, with the reason, when the system refuses a process that is to replace one', async () => {
    await using child = program('refuse', 'spawn');
    const { lines } = await child.succeeded();
    expect(lines.join('\n')).toMatch(/^BrokenProcessPoolError ProcessError PoolWorker-1 could not be started: .*(EMFILE|ulimit -n)/);
  });

  it('ends although nobody looks at a failure', async () => {
    await using child = program('unhandled', 'spawn');
    const { exitCode, stderr } = await child.done;
    expect([exitCode, stderr]).toEqual([0, '']);
  });

  it('ends, whoever took the first result of each of its pools', async () => {
    await using child = program('startMany', 'spawn');
    expect((await child.succeeded()).lines).toEqual(['results']);
  });

  it('killed takes the workers along', async () => {
    await using child = program('hold', 'spawn');
    const pids = numbersIn(await child.line(/^workers/));
    child.kill('SIGKILL');
    await gone(...pids);
    await child.done;
  });

  it('finishes what runs at the first Ctrl-C, and ends by it', async () => {
    await using child = program('interrupt', 'spawn');
    const pids = numbersIn(await child.line(/^running/));
    for (const pid of [...pids, child.pid]) process.kill(pid, 'SIGINT');
    expect(await child.line(/^waiting/)).toBe('waiting ERR_MANYCORE_CANCELLED');
    child.send('go');
    const { signal, stdout } = await child.done;
    expect(stdout).toContain('finished done');
    expect(signal).toBe('SIGINT');
    await gone(...pids);
  });

  it('kills the tree at the second', async () => {
    await using child = program('block', 'spawn');
    const pids = numbersIn(await child.line(/^running/));
    process.kill(child.pid, 'SIGINT');
    await child.line(/^waiting/);
    process.kill(child.pid, 'SIGINT');
    expect((await child.done).signal).toBe('SIGINT');
    await gone(...pids);
  });
});
