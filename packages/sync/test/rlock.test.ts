import { once } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { inspect } from 'node:util';
import { Worker } from 'node:worker_threads';
import { TimeoutError } from '@manycore/core';
import { encode } from '@manycore/core/internal';
import { AbandonedLockError, LockError, RLock } from '@manycore/sync';
import { describe, expect, it } from 'vitest';

/** How many of the tasks were inside at the same time, at most. */
async function mostAtOnce(tasks: ((body: () => Promise<void>) => Promise<unknown>)[]): Promise<number> {
  let [inside, most] = [0, 0];
  const body = async (): Promise<void> => {
    most = Math.max(most, ++inside);
    await setImmediate();
    inside--;
  };
  await Promise.all(tasks.map((task) => task(body)));
  return most;
}

function later<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => {};
  const promise = new Promise<T>((settle) => (resolve = settle));
  return { promise, resolve };
}

describe('RLock owned by a thread', () => {
  it('is acquired again by every form, and released as often', async () => {
    const lock = new RLock();
    expect(await lock.acquire()).toBe(true);
    expect(lock.acquireSync()).toBe(true);
    expect(lock.tryAcquire()).toBe(true);
    expect(await lock.acquire({ timeout: 0 })).toBe(true);
    for (let i = 0; i < 4; i++) {
      expect(lock.locked()).toBe(true);
      lock.release();
    }
    expect(lock.locked()).toBe(false);
    expect(() => lock.release()).toThrow(LockError);
  });

  it('gives guards that release once each', async () => {
    const lock = new RLock();
    {
      using _a = lock.holdSync();
      using b = lock.tryHold();
      using _c = await lock.hold();
      b?.release();
      b?.release();
      expect(lock.locked()).toBe(true);
    }
    expect(lock.locked()).toBe(false);
    expect(lock.withLockSync(() => lock.tryWithLock(() => lock.locked()))).toBe(true);
    expect(lock.locked()).toBe(false);
  });

  it('refuses bad arguments and changes nothing', async () => {
    const lock = new RLock();
    await expect(lock.acquire({ timeout: NaN })).rejects.toThrow(TypeError);
    await expect(lock.hold(5 as never)).rejects.toThrow(TypeError);
    await expect(lock.withLock(5 as never)).rejects.toThrow(TypeError);
    await expect(lock.withLock(() => 1, { timeout: 'x' as never })).rejects.toThrow(TypeError);
    expect(() => lock.acquireSync({ timeout: NaN })).toThrow(TypeError);
    expect(() => new RLock({ onAbandoned: 'no' as never })).toThrow(/^RLock: /);
    await expect(lock.hold({ signal: AbortSignal.abort('no') })).rejects.toBe('no');
    expect(lock.locked()).toBe(false);
  });

  it('shows its holder and how often it is held', () => {
    const lock = new RLock();
    expect(inspect(lock)).toBe('<RLock(free)>');
    lock.acquireSync();
    lock.acquireSync();
    expect(inspect(lock)).toBe(`<RLock(held by this thread, MainProcess (pid ${process.pid}), 2 times)>`);
  });
});

describe('RLock owned by an async task', () => {
  it('is acquired again by what the task calls, in every form, also after awaits', async () => {
    const lock = new RLock();
    const result = await lock.withLock(async () => {
      await setImmediate();
      using _a = await lock.hold({ timeout: 0 });
      using _b = lock.holdSync();
      expect(await lock.acquire({ timeout: 0 })).toBe(true);
      expect(lock.tryAcquire()).toBe(true);
      lock.release();
      lock.release();
      return await lock.withLock(async () => (await setImmediate(), lock.withLockSync(() => 5)));
    });
    expect(result).toBe(5);
    expect(lock.locked()).toBe(false);
  });

  it('is acquired again after hold', async () => {
    const lock = new RLock();
    const task = async (): Promise<void> => {
      using _held = await lock.hold();
      await setImmediate();
      await lock.withLock(async () => expect(await lock.acquire({ timeout: 0 })).toBe(true));
      lock.release();
      expect(lock.locked()).toBe(true);
    };
    await task();
    expect(lock.locked()).toBe(false);
  });

  const lock = new RLock();
  const byHold = async (body: () => Promise<void>): Promise<void> => {
    using _held = await lock.hold();
    await body();
  };
  const byWithLock = (body: () => Promise<void>): Promise<void> => lock.withLock(body);
  it.each([
    ['hold and hold', [byHold, byHold, byHold]],
    ['withLock and withLock', [byWithLock, byWithLock, byWithLock]],
    ['hold and withLock', [byHold, byWithLock, byHold, byWithLock]],
  ])('excludes other tasks of the thread, also those that start in the same turn: %s', async (_title, tasks) => {
    expect(await mostAtOnce(tasks)).toBe(1);
    expect(lock.locked()).toBe(false);
  });

  it('excludes two tasks that start inside of a task that has another lock', async () => {
    const other = new RLock();
    expect(await other.withLock(() => mostAtOnce([byHold, byWithLock, byHold]))).toBe(1);
  });

  it('excludes the thread, which would wait for ever if it blocked', async () => {
    const lock = new RLock();
    let end = (): void => {};
    const inside = later<void>();
    const task = lock.withLock(() => new Promise<void>((resolve) => ((end = resolve), inside.resolve())));
    await inside.promise;
    expect(lock.tryAcquire()).toBe(false);
    expect(lock.acquireSync({ timeout: 5 })).toBe(false);
    expect(() => lock.acquireSync()).toThrow(/another async task of this thread/);
    expect(() => lock.release()).toThrow(LockError);
    await expect(lock.hold({ timeout: 5 })).rejects.toThrow(TimeoutError);
    await expect(lock.withLock(() => 1, { timeout: 5 })).rejects.toThrow(TimeoutError);
    const controller = new AbortController();
    const aborted = lock.hold({ signal: controller.signal });
    controller.abort('enough');
    await expect(aborted).rejects.toBe('enough');
    const raw = lock.acquire();
    end();
    await task;
    expect(await raw).toBe(true);
    lock.release();
    expect(lock.locked()).toBe(false);
  });

  it('is released by a guard wherever that is disposed', async () => {
    const lock = new RLock();
    const { promise, resolve } = later<{ release(): void }>();
    const task = (async () => {
      await setImmediate();
      resolve(await lock.hold());
    })();
    const guard = await promise;
    await task;
    expect(() => lock.release()).toThrow(LockError);
    guard.release();
    expect(lock.locked()).toBe(false);
  });

  it('is released when the function throws', async () => {
    const lock = new RLock();
    await expect(lock.withLock(() => Promise.reject(new RangeError('mine')))).rejects.toThrow('mine');
    expect(lock.locked()).toBe(false);
  });
});

describe('RLock between threads', () => {
  async function workerHolding(...locks: RLock[]): Promise<Worker> {
    const message = encode(locks, 'locks');
    const worker = new Worker(new URL('./fixtures/worker-holds.mjs', import.meta.url), { workerData: Uint8Array.from(message.bytes.subarray(0, message.length)) });
    worker.on('error', (error) => {
      throw error;
    });
    await once(worker, 'message');
    return worker;
  }

  it('is released by its owner only, passes to a waiter when that dies, and begins anew', async () => {
    const [a, b, c] = [new RLock(), new RLock(), new RLock({ onAbandoned: 'error' })];
    const worker = await workerHolding(a, b, c, a);
    expect(a.tryAcquire()).toBe(false);
    expect(() => a.release()).toThrow(/held by /);
    const start = performance.now();
    expect(await a.acquire({ timeout: 30 })).toBe(false);
    expect(performance.now() - start).toBeGreaterThanOrEqual(29);
    const waiting = [a.acquire(), a.acquire()];
    await worker.terminate();
    expect(await Promise.all(waiting)).toEqual([true, true]);
    expect(b.acquireSync()).toBe(true);
    expect(a.abandoned).toMatchObject({ pid: process.pid });
    a.recover();
    expect(a.abandoned).toBeNull();
    a.release();
    a.release();
    expect(a.locked()).toBe(false);
    await expect(c.hold()).rejects.toThrow(AbandonedLockError);
    c.recover();
    expect(c.tryAcquire()).toBe(true);
    c.release();
  });
});
