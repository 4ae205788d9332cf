import { once } from 'node:events';
import { inspect } from 'node:util';
import { Worker } from 'node:worker_threads';
import { TimeoutError } from '@manycore/core';
import { encode } from '@manycore/core/internal';
import { AbandonedLockError, Lock, LockError } from '@manycore/sync';
import { until } from '@manycore/testing';
import { describe, expect, it } from 'vitest';

describe('Lock in one thread', () => {
  it('is taken and given up by every form', async () => {
    const lock = new Lock();
    expect(await lock.acquire()).toBe(true);
    expect(lock.locked()).toBe(true);
    expect(lock.tryAcquire()).toBe(false);
    lock.release();
    expect(lock.acquireSync()).toBe(true);
    lock.release();
    expect(lock.tryAcquire()).toBe(true);
    lock.release();
    expect(lock.locked()).toBe(false);
  });

  it('is not reentrant: a second acquire waits for the first release', async () => {
    const lock = new Lock();
    await lock.acquire();
    expect(lock.acquireSync({ timeout: 5 })).toBe(false);
    const second = lock.acquire();
    lock.release();
    expect(await second).toBe(true);
  });

  it('refuses a release that nobody acquired', () => {
    const lock = new Lock();
    expect(() => lock.release()).toThrow(LockError);
    lock.acquireSync();
    lock.release();
    expect(() => lock.release()).toThrow(LockError);
  });

  it('resolves false when the time is up, at the earliest then', async () => {
    const lock = new Lock();
    lock.acquireSync();
    const start = performance.now();
    expect(await lock.acquire({ timeout: 40 })).toBe(false);
    expect(performance.now() - start).toBeGreaterThanOrEqual(39);
    expect(await lock.acquire({ timeout: 0 })).toBe(false);
    expect(await lock.acquire({ timeout: -5 })).toBe(false);
    expect(lock.acquireSync({ timeout: 0 })).toBe(false);
    await expect(lock.hold({ timeout: 1 })).rejects.toThrow(TimeoutError);
    expect(() => lock.holdSync({ timeout: 1 })).toThrow(/held by this thread/);
  });

  it('rejects with the reason of the signal, and does not take the lock', async () => {
    const lock = new Lock();
    lock.acquireSync();
    const controller = new AbortController();
    const waiting = lock.acquire({ signal: controller.signal });
    controller.abort('no more');
    await expect(waiting).rejects.toBe('no more');
    lock.release();
    await expect(lock.acquire({ signal: AbortSignal.abort('at once') })).rejects.toBe('at once');
    expect(lock.locked()).toBe(false);
  });

  it('serves the tasks of one event loop in the order they came, even against one that takes it again and again', async () => {
    const lock = new Lock();
    const order: string[] = [];
    const hog = async (): Promise<void> => {
      for (let i = 0; i < 3; i++) {
        await lock.withLock(() => void order.push('hog'));
      }
    };
    const guest = (name: string): Promise<void> => lock.withLock(() => void order.push(name));
    await Promise.all([hog(), guest('a'), guest('b')]);
    expect(order).toEqual(['hog', 'a', 'b', 'hog', 'hog']);
  });

  it('is released at the end of the block, by the guard, once', async () => {
    const lock = new Lock();
    {
      using held = await lock.hold();
      expect(lock.locked()).toBe(true);
      held.release();
      expect(lock.locked()).toBe(false);
    }
    {
      using _held = lock.holdSync();
      expect(lock.tryHold()).toBeUndefined();
    }
    using held = lock.tryHold();
    expect(held).toBeDefined();
  });

  it('gives what the function gives, and is released when it throws', async () => {
    const lock = new Lock();
    expect(await lock.withLock(async () => 5)).toBe(5);
    await expect(lock.withLock(() => Promise.reject(new RangeError('mine')))).rejects.toThrow('mine');
    expect(lock.withLockSync(() => 6)).toBe(6);
    expect(() =>
      lock.withLockSync(() => {
        throw new RangeError('mine');
      }),
    ).toThrow('mine');
    expect(lock.tryWithLock(() => 7)).toBe(7);
    lock.acquireSync();
    expect(lock.tryWithLock(() => 8)).toBeUndefined();
  });

  it.each([[{ timeout: NaN }], [{ timeout: '5' }], [{ signal: {} }], [7], [null]])('refuses the options %o', async (options) => {
    const lock = new Lock();
    await expect(lock.acquire(options as never)).rejects.toThrow(TypeError);
    expect(() => lock.acquireSync(options as never)).toThrow(TypeError);
    expect(lock.locked()).toBe(false);
  });

  it('refuses what is no mode and what is no function', async () => {
    expect(() => new Lock({ onAbandoned: 'ignore' as never })).toThrow(TypeError);
    expect(() => new Lock(null as never)).toThrow(TypeError);
    await expect(new Lock().withLock(5 as never)).rejects.toThrow(TypeError);
    expect(() => new Lock().withLockSync(undefined as never)).toThrow(TypeError);
  });

  it('shows its state and its holder', () => {
    const lock = new Lock();
    expect(inspect(lock)).toBe('<Lock(free)>');
    lock.acquireSync();
    expect(inspect(lock)).toBe(`<Lock(held by this thread, MainProcess (pid ${process.pid}))>`);
  });
});

describe('Lock between threads', () => {
  /** A worker that takes the locks it is sent and says so. */
  async function workerHolding(...locks: Lock[]): Promise<Worker> {
    const message = encode(locks, 'locks');
    const worker = new Worker(new URL('./fixtures/worker-holds.mjs', import.meta.url), { workerData: Uint8Array.from(message.bytes.subarray(0, message.length)) });
    worker.on('error', (error) => {
      throw error;
    });
    await once(worker, 'message');
    return worker;
  }

  it('passes to a waiter of either kind when its holder dies, and says who died', async () => {
    const [a, b] = [new Lock(), new Lock()];
    const worker = await workerHolding(a, b);
    expect(a.tryAcquire()).toBe(false);
    expect(a.abandoned).toBeNull();
    const before = Date.now();
    const waiting = a.acquire();
    await worker.terminate();
    expect(await waiting).toBe(true);
    expect(b.acquireSync()).toBe(true);
    for (const lock of [a, b]) {
      expect(lock.abandoned).toMatchObject({ pid: process.pid, name: expect.stringContaining('Thread') });
      expect(lock.abandoned?.at).toBeGreaterThanOrEqual(before);
      lock.recover();
      expect(lock.abandoned).toBeNull();
      lock.release();
    }
  });

  it("throws from every acquire of an abandoned lock with onAbandoned: 'error', until recover()", async () => {
    const lock = new Lock({ onAbandoned: 'error' });
    const worker = await workerHolding(lock);
    await worker.terminate();
    await expect(lock.acquire()).rejects.toThrow(AbandonedLockError);
    expect(() => lock.acquireSync()).toThrow(/died holding this lock/);
    expect(() => lock.tryAcquire()).toThrow(AbandonedLockError);
    expect(lock.locked()).toBe(false);
    lock.recover();
    expect(await lock.acquire()).toBe(true);
    lock.release();
  });

  it('may be released by another thread than the one that acquired it', async () => {
    const lock = new Lock();
    const worker = await workerHolding(lock);
    lock.release();
    expect(lock.tryAcquire()).toBe(true);
    lock.release();
    await worker.terminate();
    expect(lock.abandoned).toBeNull();
  });

  it('wakes blocked threads and event loops alike, and counts exactly', async () => {
    const { sharedBuffer } = await import('@manycore/core');
    const lock = new Lock();
    const counter = new Int32Array(sharedBuffer(4).buffer, 0, 1);
    const message = encode({ lock, counter, rounds: 20_000 }, 'work');
    const data = Uint8Array.from(message.bytes.subarray(0, message.length));
    const workers = ['sync', 'async', 'sync'].map((form) => new Worker(new URL('./fixtures/worker-counts.mjs', import.meta.url), { workerData: { data, form } }));
    await Promise.all(workers.map((worker) => once(worker, 'exit')));
    expect(counter[0]).toBe(20_000 * 2 + 2_000);
    await until(() => !lock.locked(), { what: 'the lock to be free' });
  });
});
