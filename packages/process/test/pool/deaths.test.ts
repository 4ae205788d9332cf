import { writeFileSync } from 'node:fs';
import { Pool, WorkerLostError, type PoolOptions } from '@manycore/process';
import { Random, until, withSeed } from '@manycore/testing';
import { describe, expect, it } from 'vitest';
import * as tasks from '../fixtures/pool-tasks.mjs';
import { folder } from '../helpers.js';
import { caught, gate, METHODS } from './helpers.js';

/** Of each of sixteen callers while workers are killed: a sample, of which `pnpm stress:pools` takes more. */
const TASKS = 12;

const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

describe.each(METHODS.filter((method) => method !== 'thread'))('a worker that dies, %s', (startMethod) => {
  const make = (size: number, options: PoolOptions = {}): Pool => new Pool(size, { startMethod, ...options });

  it.each([['SIGKILL', -9], ['SIGTERM', -15]] as const)('by %s fails its task, and only that', async (signal, exitCode) => {
    await using pool = make(2);
    const others = range(200).map((i) => pool.apply(tasks.double, [i]));
    const lost = pool.apply(tasks.die, [signal]);
    const more = range(200).map((i) => pool.apply(tasks.double, [i]));
    const error = (await caught(lost)) as WorkerLostError;
    expect(error).toBeInstanceOf(WorkerLostError);
    expect(error).toMatchObject({ code: 'ERR_MANYCORE_WORKER_LOST', exitCode, signal, task: { name: 'die', attempt: 1 } });
    expect(error.pid).toBeGreaterThan(0);
    expect(error.message).toContain(signal);
    const drawn = pool.timeline().traceEvents.find(({ name, pid }) => name === 'thread_name' && pid === error.pid);
    expect(drawn).toMatchObject({ tid: error.workerId, args: { name: error.workerName } });
    expect(pool.stats().workers.map(({ id }) => id)).toContain(error.workerId);
    expect(await Promise.all([...others, ...more])).toEqual([...range(200), ...range(200)].map((i) => i * 2));
  });

  it('by process.exit fails its task with the exit code', async () => {
    await using pool = make(1);
    expect(await caught(pool.apply(tasks.exit, [3]))).toMatchObject({ exitCode: 3, signal: null, workerId: 1, workerName: 'PoolWorker-1', task: { name: 'exit' } });
    expect(await pool.apply(tasks.double, [2])).toBe(4);
  });

  // Being ready is told with the first result, which there is none of: it must count all the same.
  it('in its first task, time and again, has been started well', async () => {
    await using pool = make(1);
    for (let i = 0; i < 6; i++) expect(WorkerLostError.isInstance(await caught(pool.apply(tasks.die)))).toBe(true);
    expect(await pool.apply(tasks.double, [2])).toBe(4);
  });

  it('by an error outside of a task says so', async () => {
    await using pool = make(1);
    using held = gate();
    const error = (await caught(pool.apply(tasks.failOutside, [held.theirs]))) as WorkerLostError & { cause: Error };
    expect(error).toMatchObject({ exitCode: 1, cause: { message: 'nobody catches this' } });
  });

  it('while idle is replaced, and no task notices', async () => {
    await using pool = make(1);
    const pid = await pool.apply(tasks.pid);
    process.kill(pid, 'SIGKILL');
    const results = range(50).map((i) => pool.apply(tasks.double, [i]));
    expect(await Promise.all(results)).toEqual(range(50).map((i) => i * 2));
    expect(await pool.apply(tasks.pid)).not.toBe(pid);
  });

  it('has its task begun again as often as that may be', async () => {
    await using pool = make(2);
    expect(await pool.apply(tasks.dieUntil, [3], { retries: 2 })).toBe(3);
    const error = await caught(pool.apply(tasks.dieUntil, [3], { retries: 1 }));
    expect(error).toMatchObject({ code: 'ERR_MANYCORE_WORKER_LOST', task: { attempt: 2 } });
    expect(await pool.map(tasks.dieUntil, [1, 2, 1, 3], { chunkSize: 1, retries: 2 })).toEqual([1, 2, 1, 3]);
  });

  it('fails the items of its chunk of a map, and imap goes on behind them', async () => {
    await using pool = make(2);
    const results = pool.imap(tasks.dieAtThree, range(6));
    const seen: unknown[] = [];
    for (;;) {
      try {
        const step = await results.next();
        if (step.done === true) break;
        seen.push(step.value);
      } catch (error) {
        seen.push(WorkerLostError.isInstance(error));
      }
    }
    expect(seen).toEqual([0, 1, 2, true, 4, 5]);
    expect(WorkerLostError.isInstance(await caught(pool.map(tasks.dieAtThree, range(6))))).toBe(true);
  });

  it('killed at random moments under load loses no task but those it was at', { timeout: 120_000 }, () =>
    withSeed(async (random: Random) => {
      await using pool = make(2);
      let isOver = false;
      let kills = 0;
      const killing = (async () => {
        while (!isOver) {
          const pids = await pool.map(tasks.pid, [1, 2, 3, 4], { chunkSize: 1, retries: 100 });
          if (kill(random.pick(pids))) kills++;
          await new Promise((resolve) => setTimeout(resolve, random.integer(0, 30)));
        }
      })();
      const outcomes = { done: 0, lost: 0 };
      await Promise.all(
        range(16).map(async (lane) => {
          for (let i = 0; i < TASKS; i++) {
            try {
              expect(await pool.apply(tasks.later, [lane * 1000 + i])).toBe(lane * 1000 + i);
              outcomes.done++;
            } catch (error) {
              if (!WorkerLostError.isInstance(error)) throw error;
              outcomes.lost++;
            }
          }
        }),
      );
      isOver = true;
      await killing;
      expect(outcomes.done + outcomes.lost).toBe(16 * TASKS);
      // One task at most with each that was killed.
      expect(outcomes.lost).toBeLessThanOrEqual(kills);
      expect(kills).toBeGreaterThan(0);
    }),
  );
});

describe('workers that cannot be started', () => {
  it('break the pool with the cause, instead of being started for ever', async () => {
    await using pool = new Pool(2, { execArgv: ['--import', 'data:text/javascript,process.exit(9)'] });
    const error = await caught(pool.apply(tasks.double, [1]));
    expect(error).toMatchObject({ code: 'ERR_MANYCORE_BROKEN_PROCESS_POOL', name: 'BrokenProcessPoolError' });
    expect((error as Error).message).toContain('ended');
    await until(() => /terminated/.test(String((pool as unknown as Record<symbol, () => string>)[Symbol.for('nodejs.util.inspect.custom')]!())), { what: 'the pool is over' });
    expect(() => pool.apply(tasks.double, [1])).toThrow(/broken/);
  });
});

describe('workers that Ctrl-C ends while they boot', () => {
  it('are replaced, and do not break the pool', async () => {
    using scratch = folder();
    const told = scratch.file('told');
    const waits = `import { existsSync } from 'node:fs'; if (!existsSync(${JSON.stringify(told)})) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);`;
    await using pool = new Pool(3, { startMethod: 'spawn', execArgv: ['--import', `data:text/javascript,${encodeURIComponent(waits)}`] });
    const results = pool.map(tasks.double, range(6), { chunkSize: 1 });
    for (const { pid } of pool.stats().workers) process.kill(pid!, 'SIGINT');
    // Their deaths are heard of, and others started, in another turn of the event loop.
    writeFileSync(told, '');
    expect(await results).toEqual(range(6).map((i) => i * 2));
    await until(() => pool.stats().workers.every(({ restarts }) => restarts === 1), { what: 'each has been replaced once' });
  });

  it('are not replaced for ever: a SIGINT that ends whoever boots, again and again, breaks the pool', async () => {
    await using pool = new Pool(2, { startMethod: 'spawn', execArgv: ['--import', "data:text/javascript,process.kill(process.pid,'SIGINT')"] });
    const error = await pool.apply(tasks.double, [1]).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject({ code: 'ERR_MANYCORE_BROKEN_PROCESS_POOL', message: expect.stringContaining('SIGINT') });
    // All that one Ctrl-C reached count once.
    expect(Math.max(...pool.stats().workers.map(({ restarts }) => restarts))).toBeGreaterThanOrEqual(8);
  });
});

/** Whether it was still there. */
function kill(pid: number): boolean {
  try {
    return process.kill(pid, 'SIGKILL');
  } catch {
    return false;
  }
}
