import { once } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { inspect } from 'node:util';
import { Worker } from 'node:worker_threads';
import { decode, encode } from '@manycore/core/internal';
import { AbandonedLockError, Condition, Lock, LockError, RLock } from '@manycore/sync';
import { until } from '@manycore/testing';
import { describe, expect, it } from 'vitest';

const waiting = (condition: Condition): number => Number(/(\d+) waiting/.exec(inspect(condition))![1]);

/** Until as many wait. */
const untilWaiting = (condition: Condition, count: number): Promise<unknown> => until(() => waiting(condition) === count && !condition.locked(), { what: `${count} waiters` });

describe.each([
  ['Lock', () => new Condition(new Lock())],
  ['RLock', () => new Condition()],
])('Condition over a %s, in one thread', (_title, make) => {
  it('releases as many waiters as were notified, and no more', async () => {
    const condition = make();
    let returned = 0;
    const waiters = Array.from({ length: 5 }, () =>
      condition.withLock(async () => {
        expect(await condition.wait()).toBe(true);
        returned++;
      }),
    );
    await untilWaiting(condition, 5);
    await condition.withLock(() => condition.notify());
    await untilWaiting(condition, 4);
    await setImmediate();
    await until(() => returned === 1, { what: 'the first' });
    await condition.withLock(() => condition.notify(2));
    await until(() => returned === 3, { what: 'two more' });
    expect(waiting(condition)).toBe(2);
    await condition.withLock(() => condition.notify(0));
    expect(waiting(condition)).toBe(2);
    await condition.withLock(() => condition.notifyAll());
    await Promise.all(waiters);
    expect(returned).toBe(5);
    await condition.withLock(() => condition.notifyAll());
    expect(condition.locked()).toBe(false);
  });

  it('has the lock again after a timeout, at the earliest then', async () => {
    const condition = make();
    await condition.withLock(async () => {
      const start = performance.now();
      expect(await condition.wait({ timeout: 30 })).toBe(false);
      expect(condition.waitSync({ timeout: 10 })).toBe(false);
      expect(performance.now() - start).toBeGreaterThanOrEqual(39);
      expect(await condition.wait({ timeout: 0 })).toBe(false);
      expect(condition.locked()).toBe(true);
      condition.notify();
    });
    expect(condition.locked()).toBe(false);
    expect(waiting(condition)).toBe(0);
  });

  it('has the lock again after an abort, and the notification goes to another', async () => {
    const condition = make();
    const controller = new AbortController();
    const first = condition.withLock(async () => {
      await expect(condition.wait({ signal: controller.signal })).rejects.toBe('enough');
      expect(condition.locked()).toBe(true);
    });
    await untilWaiting(condition, 1);
    const second = condition.withLock(() => condition.wait());
    await untilWaiting(condition, 2);
    await condition.withLock(() => {
      condition.notify();
      controller.abort('enough');
    });
    await first;
    expect(await second).toBe(true);
    expect(waiting(condition)).toBe(0);
    await condition.withLock(() => expect(condition.wait({ signal: AbortSignal.abort('no') })).rejects.toBe('no'));
  });

  it('refuses everything without the lock, and bad arguments', async () => {
    const condition = make();
    for (const call of [() => condition.notify(), () => condition.notifyAll(), () => condition.waitSync(), () => condition.waitForSync(() => true)]) expect(call).toThrow(LockError);
    await expect(condition.wait()).rejects.toThrow(LockError);
    await expect(condition.waitFor(() => true)).rejects.toThrow(LockError);
    await condition.withLock(async () => {
      await expect(condition.wait({ timeout: NaN })).rejects.toThrow(TypeError);
      await expect(condition.waitFor(5 as never)).rejects.toThrow(TypeError);
      expect(() => condition.waitForSync(undefined as never)).toThrow(TypeError);
      expect(() => condition.waitForSync(async () => true)).toThrow(/waitFor/);
      expect(() => condition.notify(-1)).toThrow(RangeError);
      expect(() => condition.notify('1' as never)).toThrow(TypeError);
      expect(condition.locked()).toBe(true);
    });
    expect(waiting(condition)).toBe(0);
  });

  it('waits for a predicate, and gives what it gave last', async () => {
    const condition = make();
    let value = 0;
    const reached = condition.withLock(() => condition.waitFor(async () => (await setImmediate(), value >= 2 && `at ${value}`)));
    for (const count of [1, 1]) {
      await untilWaiting(condition, 1);
      await condition.withLock(() => {
        value += count;
        condition.notify();
      });
    }
    expect(await reached).toBe('at 2');
    await condition.withLock(async () => {
      expect(await condition.waitFor(() => 0, { timeout: 5 })).toBe(0);
      expect(await condition.waitFor(() => '', { timeout: 0 })).toBe('');
      expect(condition.waitForSync(() => null, { timeout: 5 })).toBe(null);
      expect(condition.waitForSync(() => 7)).toBe(7);
      await expect(condition.waitFor(() => Promise.reject(new RangeError('mine')))).rejects.toThrow('mine');
    });
    expect(condition.locked()).toBe(false);
  });

  it('has the forms of its lock', async () => {
    const condition = make();
    expect(await condition.acquire()).toBe(true);
    condition.release();
    expect(condition.acquireSync({ timeout: 0 })).toBe(true);
    condition.release();
    expect(condition.tryAcquire()).toBe(true);
    condition.release();
    {
      using _held = await condition.hold();
      expect(condition.locked()).toBe(true);
    }
    condition.holdSync().release();
    condition.tryHold()?.release();
    expect(condition.withLockSync(() => 1)).toBe(1);
    expect(condition.tryWithLock(() => 2)).toBe(2);
    expect(condition.locked()).toBe(false);
  });
});

describe('Condition', () => {
  it('gives a recursive lock up wholly, and has it as often afterwards, for the same owner', async () => {
    const lock = new RLock();
    const condition = new Condition(lock);
    const waiter = condition.withLock(() =>
      condition.withLock(async () => {
        await condition.wait();
        expect(inspect(lock)).toContain('2 times');
        expect(await lock.acquire({ timeout: 0 })).toBe(true);
        lock.release();
      }),
    );
    await untilWaiting(condition, 1);
    lock.acquireSync();
    lock.acquireSync();
    condition.notify();
    lock.release();
    expect(lock.locked()).toBe(true);
    lock.release();
    await waiter;
    expect(lock.locked()).toBe(false);
    lock.acquireSync();
    lock.acquireSync();
    expect(condition.waitSync({ timeout: 1 })).toBe(false);
    expect(inspect(lock)).toContain('2 times');
    lock.release();
    lock.release();
  });

  it('excludes other tasks from waiting and notifying while a task has the lock', async () => {
    const condition = new Condition();
    let end = (): void => {};
    const task = condition.withLock(() => new Promise<void>((resolve) => (end = resolve)));
    await until(() => condition.locked(), { what: 'the lock' });
    expect(() => condition.notify()).toThrow(LockError);
    await expect(condition.wait()).rejects.toThrow(LockError);
    end();
    await task;
  });

  it('shows its lock and who waits; takes no other lock', () => {
    expect(inspect(new Condition())).toBe('<Condition(<RLock(free)>, 0 waiting)>');
    expect(inspect(new Condition(new Lock()))).toBe('<Condition(<Lock(free)>, 0 waiting)>');
    expect(() => new Condition({} as never)).toThrow(TypeError);
    expect(() => new Condition(null as never)).toThrow(TypeError);
  });

  it('travels with its lock', () => {
    const lock = new Lock();
    const message = encode({ condition: new Condition(lock), lock }, 'both');
    const bytes = Buffer.from(message.bytes.subarray(0, message.length));
    const both = decode(bytes, 0, bytes.length) as { condition: Condition; lock: Lock };
    both.condition.acquireSync();
    expect(lock.locked()).toBe(true);
    expect(both.lock.locked()).toBe(true);
    lock.release();
  });
});

describe('Condition between threads', () => {
  /** A worker that waits for the condition: its answers, once it does. */
  async function workerWaiting(condition: Condition, form: 'sync' | 'async'): Promise<{ worker: Worker; answer: Promise<unknown> }> {
    const message = encode(condition, 'condition');
    const data = Uint8Array.from(message.bytes.subarray(0, message.length));
    const worker = new Worker(new URL('./fixtures/worker-condition.mjs', import.meta.url), { workerData: { data, form } });
    worker.on('error', (error) => {
      throw error;
    });
    await once(worker, 'message');
    return { worker, answer: once(worker, 'message').then(([value]) => value as unknown) };
  }

  it('releases blocked threads and event loops alike', async () => {
    const condition = new Condition();
    const workers = [await workerWaiting(condition, 'sync'), await workerWaiting(condition, 'async')];
    await untilWaiting(condition, 2);
    for (let left = 1; left >= 0; left--) {
      condition.withLockSync(() => condition.notify());
      await untilWaiting(condition, left);
    }
    expect(await Promise.all(workers.map(({ answer }) => answer))).toEqual([true, true]);
    await Promise.all(workers.map(({ worker }) => worker.terminate()));
  });

  it('forgets a waiter that died', async () => {
    const condition = new Condition();
    const { worker } = await workerWaiting(condition, 'async');
    await untilWaiting(condition, 1);
    await worker.terminate();
    const mine = condition.withLock(() => condition.wait());
    await until(() => !condition.locked(), { what: 'the waiter' });
    await condition.withLock(() => condition.notify());
    expect(await mine).toBe(true);
    expect(waiting(condition)).toBe(0);
  });

  it.each(['sync', 'async'] as const)('passes on what was given to a waiter that died before it had the lock again: %s', async (form) => {
    const condition = new Condition();
    const { worker } = await workerWaiting(condition, form);
    await untilWaiting(condition, 1);
    const mine = condition.withLock(() => condition.wait());
    await untilWaiting(condition, 2);
    // The worker cannot return as long as this thread has the lock.
    await condition.acquire();
    condition.notify(2);
    await until(() => waiting(condition) <= 1, { what: 'the worker to take its notification' });
    await worker.terminate();
    condition.release();
    expect(await mine).toBe(true);
    const other = condition.withLock(() => condition.wait({ timeout: 5 }));
    expect(await other).toBe(false);
    expect(waiting(condition)).toBe(0);
  });

  it("says that a holder died while it waited, and has the lock, with onAbandoned: 'error'", async () => {
    const lock = new Lock({ onAbandoned: 'error' });
    const condition = new Condition(lock);
    const controller = new AbortController();
    const mine = (async () => {
      await lock.acquire();
      await expect(condition.wait({ signal: controller.signal })).rejects.toThrow(AbandonedLockError);
      expect(lock.locked()).toBe(true);
      lock.release();
    })();
    await untilWaiting(condition, 1);
    const message = encode([lock], 'locks');
    const worker = new Worker(new URL('./fixtures/worker-holds.mjs', import.meta.url), { workerData: Uint8Array.from(message.bytes.subarray(0, message.length)) });
    await once(worker, 'message');
    await worker.terminate();
    controller.abort('enough');
    await mine;
    expect(lock.locked()).toBe(false);
  });
});
