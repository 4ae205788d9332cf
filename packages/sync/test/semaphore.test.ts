import { inspect } from 'node:util';
import { TimeoutError } from '@manycore/core';
import { decode, encode } from '@manycore/core/internal';
import { BoundedSemaphore, LockError, Semaphore } from '@manycore/sync';
import { until } from '@manycore/testing';
import { describe, expect, it } from 'vitest';
import { workerCalling } from './worker-calling.js';

const MOST = 2 ** 31 - 1;

/** The object as it arrives somewhere else. */
function sent<T>(value: T): T {
  const { bytes, length } = encode(value, 'value');
  return decode(Buffer.from(bytes.subarray(0, length)), 0, length) as T;
}

describe.each([{ robust: false }, { robust: true }])('Semaphore %o in one thread', (options) => {
  it('is taken and given back by every form, as often as it has permits', async () => {
    const semaphore = new Semaphore(3, options);
    expect(semaphore.getValue()).toBe(3);
    expect(await semaphore.acquire()).toBe(true);
    expect(semaphore.acquireSync()).toBe(true);
    expect(semaphore.locked()).toBe(false);
    expect(semaphore.tryAcquire()).toBe(true);
    expect(semaphore.locked()).toBe(true);
    expect(semaphore.tryAcquire()).toBe(false);
    expect(await semaphore.acquire({ timeout: 0 })).toBe(false);
    expect(semaphore.acquireSync({ timeout: -1 })).toBe(false);
    semaphore.release();
    semaphore.release(2);
    expect(semaphore.getValue()).toBe(3);
  });

  it('has one permit by default, and may begin with none', async () => {
    expect(new Semaphore(undefined, options).getValue()).toBe(1);
    const semaphore = new Semaphore(0, options);
    expect(semaphore.locked()).toBe(true);
    const waiting = semaphore.acquire();
    semaphore.release();
    expect(await waiting).toBe(true);
  });

  it('may be released beyond its first value, but not beyond the most there can be', () => {
    const semaphore = new Semaphore(1, options);
    semaphore.release(4);
    expect(semaphore.getValue()).toBe(5);
    expect(() => semaphore.release(MOST)).toThrow(LockError);
    expect(semaphore.getValue()).toBe(5);
    expect(() => new Semaphore(MOST, options).release()).toThrow(/more than 2147483647/);
  });

  it('lets as many waiters in as permits come back, in the order they came', async () => {
    const semaphore = new Semaphore(0, options);
    const order: number[] = [];
    const all = [0, 1, 2, 3].map((i) => semaphore.acquire().then(() => order.push(i)));
    semaphore.release(2);
    await until(() => order.length === 2, { what: 'two waiters to go on' });
    semaphore.release();
    semaphore.release();
    await Promise.all(all);
    expect(order).toEqual([0, 1, 2, 3]);
    expect(semaphore.getValue()).toBe(0);
  });

  it('resolves false when the time is up, at the earliest then', async () => {
    const semaphore = new Semaphore(0, options);
    const start = performance.now();
    expect(await semaphore.acquire({ timeout: 30 })).toBe(false);
    expect(semaphore.acquireSync({ timeout: 30 })).toBe(false);
    expect(performance.now() - start).toBeGreaterThanOrEqual(58);
    await expect(semaphore.hold({ timeout: 1 })).rejects.toThrow(TimeoutError);
    expect(() => semaphore.holdSync({ timeout: 1 })).toThrow(/Semaphore.holdSync/);
    expect(semaphore.tryHold()).toBeUndefined();
    expect(semaphore.getValue()).toBe(0);
  });

  it('rejects with the reason of the signal, and takes no permit', async () => {
    const semaphore = new Semaphore(0, options);
    const controller = new AbortController();
    const waiting = semaphore.acquire({ signal: controller.signal });
    controller.abort('no more');
    await expect(waiting).rejects.toBe('no more');
    semaphore.release();
    await expect(semaphore.acquire({ signal: AbortSignal.abort('at once') })).rejects.toBe('at once');
    expect(semaphore.getValue()).toBe(1);
  });

  it('is given back by guards and after functions', async () => {
    const semaphore = new Semaphore(2, options);
    {
      using _one = await semaphore.hold();
      using _two = semaphore.holdSync();
      expect(semaphore.locked()).toBe(true);
    }
    expect(await semaphore.withLock(async () => semaphore.getValue())).toBe(1);
    expect(semaphore.withLockSync(() => semaphore.getValue())).toBe(1);
    expect(semaphore.tryWithLock(() => semaphore.getValue())).toBe(1);
    await expect(semaphore.withLock(() => Promise.reject(new RangeError('mine')))).rejects.toThrow('mine');
    await expect(semaphore.withLock(5 as never)).rejects.toThrow(TypeError);
    expect(semaphore.getValue()).toBe(2);
  });

  it.each([0, -1, 1.5, Infinity, MOST + 1])('refuses to release %d', (n) => {
    expect(() => new Semaphore(1, options).release(n)).toThrow(RangeError);
  });

  it.each([NaN, '1', null])('refuses to release what is no number: %o', (n) => {
    expect(() => new Semaphore(1, options).release(n as never)).toThrow(TypeError);
  });

  it.each([[{ timeout: NaN }], [{ timeout: '5' }], [{ signal: {} }], [7], [null]])('refuses the options %o', async (bad) => {
    const semaphore = new Semaphore(1, options);
    await expect(semaphore.acquire(bad as never)).rejects.toThrow(TypeError);
    expect(() => semaphore.acquireSync(bad as never)).toThrow(TypeError);
    expect(semaphore.getValue()).toBe(1);
  });

  it('arrives as the same semaphore, of the same kind', () => {
    const semaphore = new Semaphore(2, options);
    const other = sent(semaphore);
    expect(other).toBeInstanceOf(Semaphore);
    expect(other.tryAcquire()).toBe(true);
    expect(semaphore.getValue()).toBe(1);
    expect(inspect(other)).toBe(inspect(semaphore));
    const bounded = sent(new BoundedSemaphore(1, options));
    expect(bounded).toBeInstanceOf(BoundedSemaphore);
    expect(() => bounded.release()).toThrow(LockError);
  });
});

describe('Semaphore', () => {
  it.each([-1, 1.5, Infinity, MOST + 1])('refuses the value %d', (value) => {
    expect(() => new Semaphore(value)).toThrow(RangeError);
    expect(() => new BoundedSemaphore(value)).toThrow(/BoundedSemaphore: value/);
  });

  it.each([NaN, '1', null])('refuses the value %o', (value) => {
    expect(() => new Semaphore(value as never)).toThrow(TypeError);
  });

  it.each([null, 5, { robust: 1 }])('refuses the options %o', (options) => {
    expect(() => new Semaphore(1, options as never)).toThrow(TypeError);
  });

  it('shows its value, and who holds permits of a robust one', () => {
    expect(inspect(new Semaphore(2))).toBe('<Semaphore(value 2)>');
    expect(inspect(new BoundedSemaphore(2))).toBe('<BoundedSemaphore(value 2 of 2)>');
    const semaphore = new Semaphore(3, { robust: true });
    expect(inspect(semaphore)).toBe('<Semaphore(value 3, robust)>');
    semaphore.acquireSync();
    semaphore.acquireSync();
    expect(inspect(semaphore)).toBe(`<Semaphore(value 1, robust, held by this thread, MainProcess (pid ${process.pid}): 2)>`);
  });
});

describe.each([{ robust: false }, { robust: true }])('BoundedSemaphore %o', (options) => {
  it('refuses one release too many, and changes nothing', () => {
    const semaphore = new BoundedSemaphore(2, options);
    expect(() => semaphore.release()).toThrow(LockError);
    semaphore.acquireSync();
    expect(() => semaphore.release(2)).toThrow(/more than the 2 permits/);
    expect(semaphore.getValue()).toBe(1);
    semaphore.release();
    expect(semaphore.getValue()).toBe(2);
  });

  it('is a semaphore in everything else, also with no permit at all', async () => {
    const none = new BoundedSemaphore(0, options);
    expect(none).toBeInstanceOf(Semaphore);
    expect(none.tryAcquire()).toBe(false);
    expect(() => none.release()).toThrow(LockError);
    expect(await new BoundedSemaphore().withLock(() => 5)).toBe(5);
  });
});

describe('Semaphore between threads', () => {
  it.each([{ robust: false }, { robust: true }])('%o never lets more in than it has permits, in every form, and loses none', async (options) => {
    const semaphore = new Semaphore(2, options);
    const { sharedBuffer } = await import('@manycore/core');
    const inside = new Int32Array(sharedBuffer(8).buffer, 0, 2);
    const workers = await Promise.all(['sync', 'async', 'sync', 'try'].map((form) => workerCalling({ semaphore, inside, form, rounds: 3000 })));
    await Promise.all(workers.map((worker) => worker.call('countInside')));
    expect(inside[0]).toBe(0);
    expect(inside[1]).toBeLessThanOrEqual(2);
    expect(semaphore.getValue()).toBe(2);
    await Promise.all(workers.map((worker) => worker.end()));
  });

  it('a release reaches a blocked thread and an event loop', async () => {
    const semaphore = new Semaphore(0);
    await using worker = await workerCalling({ semaphore });
    const blocked = worker.call('acquireSync');
    const here = semaphore.acquire();
    semaphore.release(2);
    expect(await blocked).toBe(true);
    expect(await here).toBe(true);
    expect(semaphore.getValue()).toBe(0);
  });

  it('robust: permits of a thread that died come back to waiters, to those who try and to those who look', async () => {
    const [a, b, c, d] = Array.from({ length: 4 }, () => new BoundedSemaphore(2, { robust: true }));
    const worker = await workerCalling({ semaphores: [a, b, c, d] });
    await worker.call('acquireAll');
    await worker.call('acquireAll');
    expect(a!.tryAcquire()).toBe(false);
    const waiting = a!.acquire();
    await worker.end();
    expect(await waiting).toBe(true);
    expect(b!.acquireSync()).toBe(true);
    expect(c!.tryAcquire()).toBe(true);
    expect(d!.getValue()).toBe(2);
    expect(c!.getValue()).toBe(1);
    c!.release();
    expect(() => c!.release()).toThrow(LockError);
  });

  it('robust: who has none may release, and takes it off one that has', async () => {
    const semaphore = new BoundedSemaphore(1, { robust: true });
    const worker = await workerCalling({ semaphores: [semaphore] });
    await worker.call('acquireAll');
    expect(inspect(semaphore)).toMatch(/held by .*Thread/);
    semaphore.release();
    expect(semaphore.getValue()).toBe(1);
    await worker.end();
    expect(semaphore.getValue()).toBe(1);
    expect(() => semaphore.release()).toThrow(LockError);
  });

  it('not robust: the permit of a thread that died is lost, as in CPython', async () => {
    const semaphore = new Semaphore(1);
    const worker = await workerCalling({ semaphores: [semaphore] });
    await worker.call('acquireAll');
    await worker.end();
    expect(semaphore.acquireSync({ timeout: 1 })).toBe(false);
    semaphore.release();
    expect(semaphore.tryAcquire()).toBe(true);
  });
});
