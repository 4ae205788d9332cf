import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { Pool, type PoolTaskMessage, type PoolWorkerMessage } from '@manycore/process';
import { until } from '@manycore/testing';
import { describe, expect, it } from 'vitest';
import * as tasks from '../fixtures/pool-tasks.mjs';
import { caught, gate, METHODS } from './helpers.js';

type Heard = PoolTaskMessage & PoolWorkerMessage & { readonly channel: string };

/** All that is said, in order, of the pool with this name. */
function listen(pool: string, channels = ['task:queued', 'task:started', 'task:ended', 'task:failed', 'worker:up', 'worker:down']): Disposable & { readonly heard: Heard[]; of(channel: string): Heard[] } {
  const heard: Heard[] = [];
  const listeners = channels.map((channel) => {
    const name = `manycore:${channel}`;
    const hear = (message: unknown): void => {
      if ((message as Heard).pool === `Pool '${pool}'`) heard.push({ ...(message as Heard), channel });
    };
    subscribe(name, hear);
    return () => unsubscribe(name, hear);
  });
  return {
    heard,
    of: (channel) => heard.filter((message) => message.channel === channel),
    [Symbol.dispose]: () => {
      for (const stop of listeners) stop();
    },
  };
}

describe.each(METHODS)('diagnostics channels, %s', (startMethod) => {
  it('tell the way of a task that ends well, with its worker and its times', async () => {
    using ears = listen('well');
    await using pool = new Pool(1, { startMethod, name: 'well' });
    expect(await pool.apply(tasks.later, [5])).toBe(5);
    const pid = pool.stats().workers[0]!.pid;
    const [queued, started, ended] = ['task:queued', 'task:started', 'task:ended'].map((channel) => ears.of(channel)[0]!);
    const { taskId } = queued!;
    expect(taskId).toBeGreaterThan(0);
    const common = { pool: "Pool 'well'", taskId, functionName: 'later', attempt: 1 };
    expect(queued).toEqual({ channel: 'task:queued', ...common, workerId: null, pid: null, waitMs: null, runMs: null, totalMs: expect.any(Number) });
    expect(started).toEqual({ channel: 'task:started', ...common, workerId: 1, pid, waitMs: null, runMs: null, totalMs: expect.any(Number) });
    expect(ended).toEqual({ channel: 'task:ended', ...common, workerId: 1, pid, waitMs: expect.any(Number), runMs: expect.any(Number), totalMs: expect.any(Number) });
    expect(ended!.runMs).toBeGreaterThan(0);
    expect(ended!.totalMs).toBeGreaterThanOrEqual(ended!.runMs! - 0.1);
    expect(ears.of('task:failed')).toEqual([]);
  });

  it('tell of a failure that nobody looks at', async () => {
    using ears = listen('bad');
    await using pool = new Pool(1, { startMethod, name: 'bad' });
    pool.apply(tasks.fail, ['no']);
    await until(() => ears.of('task:failed').length > 0, { what: 'the failure' });
    expect(ears.of('task:failed')).toMatchObject([{ functionName: 'fail', workerId: 1, error: { message: 'no', code: 'E_TEST' } }]);
    expect(ears.of('task:ended')).toEqual([]);
  });

  it('tell of workers that come and go', async () => {
    using ears = listen('staff');
    const pool = new Pool(1, { startMethod, name: 'staff' });
    await pool.apply(tasks.add, [1, 2]);
    const { pid } = pool.stats().workers[0]!;
    const common = { pool: "Pool 'staff'", workerId: 1, pid, name: 'staff-1', startMs: expect.any(Number) };
    expect(ears.of('worker:up')).toEqual([{ channel: 'worker:up', ...common, tasks: expect.any(Number), exitCode: null, signal: null }]);
    expect(ears.of('worker:down')).toEqual([]);
    pool.close();
    await pool.join();
    expect(ears.of('worker:down')).toEqual([{ channel: 'worker:down', ...common, tasks: 1, exitCode: 0, signal: null }]);
  });

  it('tell of a chunk of a map as of one task', async () => {
    using ears = listen('map', ['task:ended']);
    await using pool = new Pool(1, { startMethod, name: 'map' });
    await pool.map(tasks.double, [1, 2, 3, 4], { chunkSize: 2 });
    expect(ears.heard).toMatchObject([{ functionName: 'double' }, { functionName: 'double' }]);
  });

  it('say nothing of a task that was given up before it was queued, but that it failed', async () => {
    using ears = listen('gone');
    await using pool = new Pool(1, { startMethod, name: 'gone' });
    const reason = new Error('enough');
    await caught(pool.apply(tasks.add, [1, 2], { signal: AbortSignal.abort(reason) }));
    expect(ears.heard.filter(({ channel }) => channel.startsWith('task'))).toMatchObject([{ channel: 'task:failed', error: reason, workerId: null, pid: null }]);
  });
});

describe('diagnostics channels', () => {
  it('name the worker of a task that is lost or out of time', async () => {
    using ears = listen('lost');
    await using pool = new Pool(1, { startMethod: 'spawn', name: 'lost', graceMs: 10 });
    const { pid } = pool.stats().workers[0]!;
    await caught(pool.apply(tasks.die));
    using at = gate();
    await caught(pool.apply(tasks.blockAt, [at.theirs], { timeout: 1 }));
    expect(ears.of('task:failed')).toMatchObject([
      { functionName: 'die', workerId: 1, pid, runMs: null, error: { code: 'ERR_MANYCORE_WORKER_LOST' } },
      { functionName: 'blockAt', workerId: 1, runMs: null, error: { code: 'ERR_MANYCORE_TASK_TIMEOUT' } },
    ]);
    expect(ears.of('worker:down')[0]).toMatchObject({ workerId: 1, pid, exitCode: -9, signal: 'SIGKILL' });
  });

  it('tell of each attempt', async () => {
    using ears = listen('again');
    await using pool = new Pool(1, { name: 'again' });
    await pool.apply(tasks.dieUntil, [2], { retries: 1 });
    expect(ears.of('task:queued')).toMatchObject([{ attempt: 1 }]);
    expect(ears.of('task:started').map(({ attempt }) => attempt)).toContain(2);
    expect(ears.of('task:ended')).toMatchObject([{ attempt: 2 }]);
  });

  it('tell of a worker that never came up', async () => {
    using ears = listen('stillborn');
    await using pool = new Pool(1, { startMethod: 'spawn', name: 'stillborn', execArgv: ['--import', 'data:text/javascript,process.exit(9)'] });
    await caught(pool.apply(tasks.add, [1, 2]));
    expect(ears.of('worker:up')).toEqual([]);
    expect(ears.of('worker:down')[0]).toMatchObject({ startMs: null, exitCode: 9 });
  });

  it('can be subscribed to at any time', async () => {
    await using pool = new Pool(1, { name: 'midway' });
    using at = gate();
    const result = pool.apply(tasks.waitAt, [at.theirs, 1]);
    await at.begun();
    using ears = listen('midway', ['task:ended']);
    await at.open();
    await result;
    expect(ears.heard).toMatchObject([{ functionName: 'waitAt', workerId: 1 }]);
  });
});
