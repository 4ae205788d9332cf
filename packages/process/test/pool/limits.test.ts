import { CancelledError } from '@manycore/core';
import { Pool, TaskTimeoutError, type PoolOptions } from '@manycore/process';
import { readFileSync } from 'node:fs';
import { until } from '@manycore/testing';
import { describe, expect, it } from 'vitest';
import * as tasks from '../fixtures/pool-tasks.mjs';
import { exists, folder } from '../helpers.js';
import { caught, gate, METHODS } from './helpers.js';

const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

describe.each(METHODS)('limits of a task, %s', (startMethod) => {
  const make = (size: number, options: PoolOptions = {}): Pool => new Pool(size, { startMethod, ...options });

  it('a task that runs too long fails, is told, and its worker lives when it ends', async () => {
    using files = folder();
    using held = gate();
    await using pool = make(1, { graceMs: 60_000 });
    const result = pool.apply(tasks.waitPolitely, [held.theirs, files.file('told')], { timeout: 50 });
    const pid = await held.begun();
    const error = (await caught(result)) as TaskTimeoutError;
    expect(error).toBeInstanceOf(TaskTimeoutError);
    expect(error).toMatchObject({ code: 'ERR_MANYCORE_TASK_TIMEOUT', workerId: 1, pid, task: { name: 'waitPolitely' } });
    expect(error.message).toContain('50 ms');
    await until(() => isWritten(files.file('told')), { what: 'the task was told' });
    expect(files.read('told')).toBe('ERR_MANYCORE_CANCELLED');
    expect(await pool.apply(tasks.workerPid)).toBe(pid);
  });

  it('one that does not end has its worker killed, and other tasks do not notice', async () => {
    using held = gate();
    await using pool = make(2, { graceMs: 20 });
    const stuck = pool.apply(tasks.blockAt, [held.theirs], { timeout: 1000 });
    const pid = await held.begun();
    const others = range(100).map((i) => pool.apply(tasks.later, [i]));
    expect(TaskTimeoutError.isInstance(await caught(stuck))).toBe(true);
    expect(await Promise.all(others)).toEqual(range(100));
    if (startMethod === 'thread') return;
    await until(() => !exists(pid), { what: 'the worker is killed' });
  });

  it('one that ends just before its worker is killed for it takes no other with it', async () => {
    const graceMs = 30;
    using late = gate();
    using next = gate();
    await using pool = make(1, { graceMs });
    await pool.apply(tasks.double, [1]);
    const controller = new AbortController();
    const aborted = pool.apply(tasks.waitAt, [late.theirs, 'late'], { signal: controller.signal });
    await late.begun();
    const innocent = pool.apply(tasks.waitAt, [next.theirs, 'innocent']);
    controller.abort(new Error('enough'));
    await caught(aborted);
    // The pool does not see that the next one has begun before its time for the first is up.
    await new Promise<void>((resolve) => {
      setImmediate(() => {
        late.openSync();
        next.begunSync();
        for (const end = performance.now() + graceMs + 1; performance.now() < end; );
        setImmediate(resolve);
      });
    });
    await next.open();
    expect(await innocent).toBe('innocent');
  });

  it('the time counts from the beginning of the run, not of the wait', async () => {
    using held = gate();
    await using pool = make(1);
    const first = pool.apply(tasks.waitAt, [held.theirs, 'first']);
    await held.begun();
    const second = pool.apply(tasks.double, [2], { timeout: 1000 });
    await new Promise((resolve) => setTimeout(resolve, 1050));
    expect(second.ready()).toBe(false);
    await held.open();
    expect([await first, await second]).toEqual(['first', 4]);
  });

  it('in a map it is the time of an item', async () => {
    await using pool = make(2, { graceMs: 20 });
    const error = await caught(pool.map(tasks.blockIfThree, range(6), { timeout: 100 }));
    expect(TaskTimeoutError.isInstance(error)).toBe(true);
    expect(await pool.map(tasks.double, range(6), { timeout: 60_000 })).toEqual(range(6).map((i) => i * 2));
  });

  it('an aborted task that waits is not run', async () => {
    using held = gate();
    await using pool = make(1);
    const first = pool.apply(tasks.waitAt, [held.theirs, 1]);
    await held.begun();
    const controller = new AbortController();
    const reason = new Error('not any more');
    const waiting = range(100).map(() => pool.apply(tasks.countCalls, [], { signal: controller.signal }));
    controller.abort(reason);
    for (const result of waiting) expect(await caught(result)).toBe(reason);
    await held.open();
    expect(await first).toBe(1);
    expect((await pool.apply(tasks.countCalls)).count).toBe(1);
  });

  it('an aborted task that runs is told, or killed', async () => {
    using polite = gate();
    using stuck = gate();
    using files = folder();
    await using pool = make(2, { graceMs: 30 });
    const controller = new AbortController();
    const reason = { is: 'no error' };
    const both = [
      pool.apply(tasks.waitPolitely, [polite.theirs, files.file('told')], { signal: controller.signal }),
      pool.apply(tasks.blockAt, [stuck.theirs], { signal: controller.signal }),
    ];
    await Promise.all([polite.begun(), stuck.begun()]);
    controller.abort(reason);
    expect(await Promise.all(both.map(caught))).toEqual([reason, reason]);
    await until(() => isWritten(files.file('told')), { what: 'the task was told' });
    expect(await pool.map(tasks.double, range(10))).toEqual(range(10).map((i) => i * 2));
  });

  it('higher priorities come first, equal ones in their order', async () => {
    using held = gate();
    await using pool = make(1);
    const order: string[] = [];
    const first = pool.apply(tasks.waitAt, [held.theirs, 1]);
    await held.begun();
    // One may have been given to the worker ahead.
    const ahead = pool.apply(tasks.double, [1]);
    const submit = (label: string, priority?: number): PromiseLike<unknown> => pool.apply(tasks.echo, [label], { priority, callback: (value) => void order.push(value as string) });
    const results = [submit('low', -1), submit('a'), submit('b'), submit('high', 5), submit('higher', 6.5), submit('c')];
    await held.open();
    await Promise.all([first, ahead, ...results]);
    expect(order).toEqual(['higher', 'high', 'a', 'b', 'c', 'low']);
  });

  it('what a worker was given ahead does not wait for its long task', async () => {
    using held = gate();
    await using pool = make(2);
    await pool.map(tasks.double, range(2000), { chunkSize: 1 });
    const long = pool.apply(tasks.waitAt, [held.theirs, 'long']);
    await held.begun();
    const short = range(200).map((i) => pool.apply(tasks.double, [i]));
    expect(await Promise.all(short)).toEqual(range(200).map((i) => i * 2));
    expect(long.ready()).toBe(false);
    await held.open();
    expect(await long).toBe('long');
  });

  it('terminate rejects what is not done, and ends all workers', async () => {
    using held = gate();
    const pool = make(1, { graceMs: 30 });
    const results = [pool.apply(tasks.blockAt, [held.theirs]), pool.apply(tasks.double, [1]), pool.map(tasks.double, range(10))];
    const pid = await held.begun();
    const ending = pool.terminate();
    for (const result of results) expect(CancelledError.isInstance(await caught(result))).toBe(true);
    await ending;
    if (startMethod !== 'thread') expect(exists(pid)).toBe(false);
    await pool.join();
    await pool.terminate();
  });
});

function isWritten(file: string): boolean {
  try {
    return readFileSync(file, 'utf8') !== '';
  } catch {
    return false;
  }
}
