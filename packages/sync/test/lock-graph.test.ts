import { lockGraph, type LockGraphObject } from '@manycore/core';
import { Barrier, BoundedSemaphore, Condition, CountDownLatch, Event, Lock, Once, RLock, RWLock, Semaphore } from '@manycore/sync';
import { until } from '@manycore/testing';
import { describe, expect, it } from 'vitest';
import { WorkerSteps } from './worker-steps.js';

const me = { pid: process.pid, name: 'MainProcess' };
const objects = (type: string): LockGraphObject[] => lockGraph().objects.filter((object) => object.type === type);

describe('lockGraph of every primitive', () => {
  it('shows who holds it, where that is known, and who waits for it', async () => {
    const end = new AbortController();
    const { signal } = end;
    const [rlock, robust, bounded, plain, rwlock] = [new RLock(), new Semaphore(1, { robust: true }), new BoundedSemaphore(1, { robust: true }), new Semaphore(0), new RWLock()];
    const [condition, barrier, latch, once] = [new Condition(new Lock()), new Barrier(2), new CountDownLatch(1), new Once()];
    let finish = (_value: number): void => undefined;
    const running = once.do(() => new Promise<number>((resolve) => (finish = resolve)));
    const held = await rlock.hold();
    for (const taken of [robust, bounded]) taken.acquireSync();
    rwlock.acquireReadSync();
    await condition.acquire();
    const waits = [robust.acquire, bounded.acquire, plain.acquire, condition.wait, barrier.wait, latch.wait].map((wait, i) =>
      (wait as (o: { signal: AbortSignal }) => Promise<unknown>).call([robust, bounded, plain, condition, barrier, latch][i], { signal }),
    );
    waits.push(once.do(() => 0, { signal }));
    const seen = Object.fromEntries(lockGraph().objects.map(({ type, holders, waiters }) => [`${type}${holders.length}`, waiters.length]));
    expect(seen).toEqual({ RLock1: 0, Semaphore1: 1, BoundedSemaphore1: 1, Semaphore0: 1, RWLock1: 0, Condition0: 1, Barrier0: 1, CountDownLatch0: 1, Once1: 1 });
    end.abort();
    await Promise.allSettled(waits);
    finish(1);
    expect(await running).toBe(1);
    held.release();
    for (const taken of [robust, bounded, condition]) taken.release();
    rwlock.releaseRead();
    expect(lockGraph().objects).toEqual([]);
  });
});

describe('lockGraph of locks and events', () => {
  it('shows holders, blocked threads and promises, and nothing once all is over', async () => {
    const [lock, event, idle] = [new Lock(), new Event(), new Lock()];
    lock.acquireSync();
    const worker = new WorkerSteps({ lock, event }, [['lock', 'acquireSync'], ['lock', 'release'], ['event', 'waitSync']]);
    const waits = [lock.acquire(), event.wait()];
    const its = { pid: process.pid, name: worker.name };
    await until(() => objects('Lock')[0]?.waiters.length === 2, { what: 'the worker to block' });
    expect(objects('Lock')).toEqual([{ id: expect.any(Number), type: 'Lock', holders: [me], waiters: [{ ...its, how: 'blocked' }, { ...me, how: 'promise' }] }]);
    expect(objects('Event')).toMatchObject([{ holders: [], waiters: [{ ...me, how: 'promise' }] }]);
    lock.release();
    await waits[0];
    lock.release();
    await until(() => objects('Event')[0]?.waiters.length === 2, { what: 'the worker to wait for the event' });
    expect(objects('Event')[0]?.waiters[0]).toEqual({ ...its, how: 'blocked' });
    event.set();
    await Promise.all([waits[1], worker.done]);
    expect(lockGraph()).toEqual({ objects: [], cycles: [] });
    expect(idle.locked()).toBe(false);
  });

  it('shows no holder that died, and a lock that is held by the dead alone not at all', async () => {
    const [lock, event] = [new Lock(), new Event()];
    const worker = new WorkerSteps({ lock, event }, [['lock', 'acquireSync'], ['event', 'waitSync']]);
    await until(() => objects('Event').length === 1 && objects('Lock').length === 1, { what: 'the worker to wait' });
    await worker.worker.terminate();
    expect(lockGraph().objects).toEqual([]);
    expect(lock.acquireSync()).toBe(true);
    lock.release();
  });

  it('shows a deadlock as a cycle, and whether a timeout will end it', async () => {
    const shared = { a: new Lock(), b: new Lock(), go: new Event() };
    const timeout = 60_000;
    const one = new WorkerSteps(shared, [['a', 'acquireSync'], ['go', 'waitSync'], ['b', 'acquireSync'], ['b', 'release']]);
    const other = new WorkerSteps(shared, [['b', 'acquireSync'], ['go', 'waitSync'], ['a', 'acquireSync', { timeout }], ['a', 'release']]);
    await until(() => one.has('acquireSync a') && other.has('acquireSync b'), { what: 'both to hold one lock' });
    expect(lockGraph().cycles).toEqual([]);
    shared.go.set();
    const cycle = await until(() => lockGraph().cycles[0], { what: 'the deadlock' });
    const members = [...cycle!].sort((a, b) => Number(a.name > b.name) - Number(a.name < b.name));
    const locks = objects('Lock');
    expect(members.map(({ name, hasTimeout }) => [name, hasTimeout]).sort()).toEqual([[one.name, false], [other.name, true]].sort());
    for (const { name, holds, waitsFor } of members) {
      expect(locks.find(({ id }) => id === holds.id)?.holders[0]?.name).toBe(name);
      expect(locks.find(({ id }) => id === waitsFor.id)?.waiters[0]).toEqual({ pid: process.pid, name, how: 'blocked' });
    }
    // Any thread may release a lock for its holder.
    shared.a.release();
    await Promise.all([one.worker.terminate(), other.done]);
    expect(lockGraph().cycles).toEqual([]);
  });

  it('shows a thread that waits for what it holds as a cycle of one', async () => {
    const lock = new Lock();
    const worker = new WorkerSteps({ lock }, [['lock', 'acquireSync'], ['lock', 'acquireSync']]);
    const cycle = await until(() => lockGraph().cycles[0], { what: 'the deadlock' });
    const reference = { id: objects('Lock')[0]!.id, type: 'Lock' };
    expect(cycle).toEqual([{ pid: process.pid, name: worker.name, holds: reference, waitsFor: reference, hasTimeout: false }]);
    lock.release();
    await worker.done;
    expect(worker.said).toHaveLength(2);
    expect(lockGraph().cycles).toEqual([]);
  });
});
