import { lockGraph } from '@manycore/core';
import { JoinableQueue, Queue } from '@manycore/queues';
import { until } from '@manycore/testing';
import { describe, expect, it } from 'vitest';
import { workerCalling } from './worker-calling.js';

const me = { pid: process.pid, name: 'MainProcess', how: 'promise' };

describe.each([
  ['Queue', () => new Queue<number>(1), {}],
  ['JoinableQueue', () => new JoinableQueue<number>(1), { unfinished: 0 }],
])('inspect() of a %s', (type, make, more) => {
  it('tells its state when nobody waits', () => {
    const q = make();
    expect(q.inspect()).toEqual({ size: 0, maxSize: 1, isShutDown: false, getters: [], putters: [], ...more });
    q.putSync(1);
    q.shutdown();
    expect(q.inspect()).toMatchObject({ size: 1, isShutDown: true });
  });

  it('tells who waits for an item, blocked and with a promise, and lockGraph agrees', async () => {
    const q = make();
    await using worker = await workerCalling({ q });
    const blocked = worker.call('q', 'getSync');
    const promised = q.get();
    await until(() => q.inspect().getters.length === 2, { what: 'both to wait' });
    const getters = [{ pid: process.pid, name: worker.name, how: 'blocked' }, me];
    expect(q.inspect()).toEqual({ size: 0, maxSize: 1, isShutDown: false, getters, putters: [], ...more });
    expect(lockGraph().objects).toMatchObject([{ type, holders: [], waiters: getters }]);
    await q.put(1);
    await q.put(2);
    expect([await blocked, await promised].sort()).toEqual([1, 2]);
    expect(q.inspect()).toMatchObject({ getters: [], putters: [] });
  });

  it('tells who waits for room, blocked and with a promise', async () => {
    const q = make();
    q.putSync(1);
    await using worker = await workerCalling({ q });
    const blocked = worker.call('q', 'putSync', 2);
    const promised = q.put(3);
    await until(() => q.inspect().putters.length === 2, { what: 'both to wait' });
    const putters = [{ pid: process.pid, name: worker.name, how: 'blocked' }, me];
    expect(q.inspect()).toMatchObject({ size: 1, getters: [], putters });
    expect(lockGraph().objects).toMatchObject([{ type, waiters: putters }]);
    q.getSync();
    expect([await q.get(), await q.get()].sort()).toEqual([2, 3]);
    await Promise.all([blocked, promised]);
    expect(q.inspect()).toMatchObject({ getters: [], putters: [] });
  });

  it('does not tell of the dead', async () => {
    const q = make();
    const worker = await workerCalling({ q });
    void worker.call('q', 'getSync');
    await until(() => q.inspect().getters.length === 1, { what: 'the worker to wait' });
    await worker.end();
    expect(q.inspect().getters).toEqual([]);
  });
});
