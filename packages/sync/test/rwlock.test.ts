import { inspect } from 'node:util';
import { TimeoutError } from '@manycore/core';
import { decode, encode } from '@manycore/core/internal';
import { LockError, RWLock } from '@manycore/sync';
import { until } from '@manycore/testing';
import { describe, expect, it } from 'vitest';
import { workerCalling } from './worker-calling.js';

const shows = (lock: RWLock, text: string): Promise<unknown> => until(() => inspect(lock).includes(text), { what: `the lock to show: ${text}` });

describe('RWLock in one thread', () => {
  it('is read by many together and written by one alone, in every form', async () => {
    const lock = new RWLock();
    expect(await lock.acquireRead()).toBe(true);
    expect(lock.acquireReadSync()).toBe(true);
    expect(lock.tryAcquireRead()).toBe(true);
    expect(lock.readers).toBe(3);
    expect(lock.writeLocked()).toBe(false);
    expect(await lock.acquireWrite({ timeout: 0 })).toBe(false);
    for (let i = 0; i < 3; i++) lock.releaseRead();
    for (const acquire of [() => lock.acquireWrite(), () => lock.acquireWriteSync(), () => lock.tryAcquireWrite()]) {
      expect(await acquire()).toBe(true);
      expect(lock.writeLocked()).toBe(true);
      expect(lock.tryAcquireRead()).toBe(false);
      expect(lock.tryAcquireWrite()).toBe(false);
      expect(lock.acquireReadSync({ timeout: 1 })).toBe(false);
      expect(lock.acquireWriteSync({ timeout: 1 })).toBe(false);
      expect(await lock.acquireRead({ timeout: 0 })).toBe(false);
      lock.releaseWrite();
    }
    expect(lock.readers).toBe(0);
    expect(inspect(lock)).toBe('<RWLock(free)>');
  });

  it('refuses to release what is not held, and leaves the other lock alone', () => {
    const lock = new RWLock();
    expect(() => lock.releaseRead()).toThrow(LockError);
    expect(() => lock.releaseWrite()).toThrow(LockError);
    lock.acquireReadSync();
    expect(() => lock.releaseWrite()).toThrow(LockError);
    expect(lock.readers).toBe(1);
    lock.releaseRead();
    lock.acquireWriteSync();
    expect(() => lock.releaseRead()).toThrow(LockError);
    expect(lock.writeLocked()).toBe(true);
  });

  it('keeps new readers out while a writer waits, and lets those in who waited when it is done, before the next writer', async () => {
    const lock = new RWLock();
    const order: string[] = [];
    await lock.acquireRead();
    const writing = [1, 2].map((i) => lock.withWrite(() => void order.push(`writer ${i}`)));
    expect(lock.tryAcquireRead()).toBe(false);
    const reading = [1, 2].map((i) => lock.withRead(() => void order.push(`reader ${i}`)));
    expect(inspect(lock)).toMatch(/2 waiting to read, 2 waiting to write/);
    lock.releaseRead();
    await Promise.all([...writing, ...reading]);
    expect(order).toEqual(['writer 1', 'reader 1', 'reader 2', 'writer 2']);
  });

  it('lets readers in when the writer they waited for gives up', async () => {
    const lock = new RWLock();
    await lock.acquireRead();
    const writing = lock.acquireWrite({ timeout: 20 });
    const controller = new AbortController();
    const aborted = lock.acquireWrite({ signal: controller.signal });
    const reading = lock.acquireRead();
    expect(await writing).toBe(false);
    controller.abort('no more');
    await expect(aborted).rejects.toBe('no more');
    expect(await reading).toBe(true);
    expect(lock.readers).toBe(2);
  });

  it('gives false when the time is up, at the earliest then, and the place is given up', async () => {
    const lock = new RWLock();
    lock.acquireWriteSync();
    const start = performance.now();
    expect(await lock.acquireRead({ timeout: 20 })).toBe(false);
    expect(await lock.acquireWrite({ timeout: 20 })).toBe(false);
    expect(lock.acquireReadSync({ timeout: 20 })).toBe(false);
    expect(lock.acquireWriteSync({ timeout: 20 })).toBe(false);
    expect(performance.now() - start).toBeGreaterThanOrEqual(76);
    await expect(lock.holdRead({ timeout: 1 })).rejects.toThrow(TimeoutError);
    await expect(lock.withWrite(() => 1, { timeout: 1 })).rejects.toThrow(/RWLock.holdWrite: .* written by this thread/);
    expect(() => lock.holdReadSync({ timeout: 1 })).toThrow(/RWLock.holdReadSync/);
    expect(() => lock.holdWriteSync({ timeout: 1 })).toThrow(TimeoutError);
    expect(inspect(lock)).not.toMatch(/waiting/);
  });

  it('rejects with the reason of the signal, and takes nothing', async () => {
    const lock = new RWLock();
    lock.acquireWriteSync();
    const controller = new AbortController();
    const waiting = [lock.acquireRead({ signal: controller.signal }), lock.acquireWrite({ signal: controller.signal })];
    controller.abort('no more');
    for (const one of waiting) await expect(one).rejects.toBe('no more');
    lock.releaseWrite();
    await expect(lock.acquireRead({ signal: AbortSignal.abort('at once') })).rejects.toBe('at once');
    await expect(lock.acquireWrite({ signal: AbortSignal.abort('at once') })).rejects.toBe('at once');
    expect(inspect(lock)).toBe('<RWLock(free)>');
  });

  it('is released by guards and after functions, and when they throw', async () => {
    const lock = new RWLock();
    {
      using _a = await lock.holdRead();
      using _b = lock.holdReadSync();
      using _c = lock.tryHoldRead();
      expect(lock.readers).toBe(3);
    }
    {
      using _held = await lock.holdWrite();
      expect(lock.tryHoldRead()).toBeUndefined();
      expect(lock.tryHoldWrite()).toBeUndefined();
      expect(lock.tryWithRead(() => 1)).toBeUndefined();
    }
    {
      using _held = lock.holdWriteSync();
      expect(lock.tryWithWrite(() => 1)).toBeUndefined();
    }
    expect(await lock.withRead(async () => lock.readers)).toBe(1);
    expect(lock.withReadSync(() => lock.readers)).toBe(1);
    expect(lock.tryWithRead(() => lock.readers)).toBe(1);
    expect(await lock.withWrite(async () => lock.writeLocked())).toBe(true);
    expect(lock.withWriteSync(() => lock.writeLocked())).toBe(true);
    expect(lock.tryWithWrite(() => lock.writeLocked())).toBe(true);
    await expect(lock.withRead(() => Promise.reject(new RangeError('mine')))).rejects.toThrow('mine');
    await expect(lock.withWrite(() => Promise.reject(new RangeError('mine')))).rejects.toThrow('mine');
    expect(inspect(lock)).toBe('<RWLock(free)>');
  });

  it('refuses what is no function, and says which call', async () => {
    const lock = new RWLock();
    await expect(lock.withRead(5 as never)).rejects.toThrow('RWLock.withRead');
    await expect(lock.withWrite(5 as never)).rejects.toThrow('RWLock.withWrite');
    for (const call of ['withReadSync', 'withWriteSync', 'tryWithRead', 'tryWithWrite'] as const) expect(() => lock[call](5 as never)).toThrow(`RWLock.${call}`);
    expect(inspect(lock)).toBe('<RWLock(free)>');
  });

  it.each([[{ timeout: NaN }], [{ timeout: '5' }], [{ signal: {} }], [7], [null]])('refuses the options %o', async (options) => {
    const lock = new RWLock();
    await expect(lock.acquireRead(options as never)).rejects.toThrow(TypeError);
    await expect(lock.acquireWrite(options as never)).rejects.toThrow(TypeError);
    expect(() => lock.acquireReadSync(options as never)).toThrow(TypeError);
    expect(() => lock.acquireWriteSync(options as never)).toThrow(TypeError);
    expect(inspect(lock)).toBe('<RWLock(free)>');
  });

  it('refuses to write where this thread reads and would wait for itself', async () => {
    const lock = new RWLock();
    lock.acquireReadSync();
    expect(() => lock.acquireWriteSync()).toThrow(LockError);
    expect(() => lock.acquireWriteSync({ timeout: 0 })).toThrow(/acquireWriteSync: this thread has a read lock/);
    expect(() => lock.tryAcquireWrite()).toThrow(LockError);
    expect(() => lock.tryHoldWrite()).toThrow(LockError);
    const waiting = lock.acquireWrite();
    lock.releaseRead();
    expect(await waiting).toBe(true);
  });

  it('refuses the promise of a write inside of withRead, and only there', async () => {
    const lock = new RWLock();
    const other = new RWLock();
    let later: (() => Promise<boolean>) | undefined;
    await lock.withRead(async () => {
      await expect(lock.acquireWrite()).rejects.toThrow(/inside of withRead/);
      await other.withRead(async () => {
        await Promise.resolve();
        await expect(lock.withWrite(() => 1)).rejects.toThrow(LockError);
      });
      expect(await other.acquireWrite()).toBe(true);
      later = async () => lock.acquireWrite();
    });
    expect(await later!()).toBe(true);
    const elsewhere = lock.acquireRead({ timeout: 0 });
    expect(await elsewhere).toBe(false);
  });

  it('lets a reader read again although a writer waits: a blocked thread, and a task inside of withRead', async () => {
    const lock = new RWLock();
    const order: string[] = [];
    let open = (): void => {};
    const gate = new Promise<void>((resolve) => (open = resolve));
    const reading = lock.withRead(async () => {
      await gate;
      await lock.withRead(() => order.push('read again'));
      lock.withReadSync(() => order.push('and again'));
      expect(lock.tryAcquireRead()).toBe(true);
      lock.releaseRead();
    });
    await until(() => lock.readers === 1, { what: 'the reader' });
    const writing = lock.withWrite(() => order.push('written'));
    open();
    await reading;
    await writing;
    expect(order).toEqual(['read again', 'and again', 'written']);
  });

  it('arrives as the same lock', () => {
    const lock = new RWLock();
    const { bytes, length } = encode(lock, 'lock');
    const other = decode(Buffer.from(bytes.subarray(0, length)), 0, length) as RWLock;
    other.acquireReadSync();
    expect(lock.readers).toBe(1);
    lock.releaseRead();
    expect(other.readers).toBe(0);
  });

  it('shows who reads, who writes and how many wait', async () => {
    const lock = new RWLock();
    const me = `this thread, MainProcess (pid ${process.pid})`;
    lock.acquireReadSync();
    expect(inspect(lock)).toBe(`<RWLock(read by ${me})>`);
    lock.acquireReadSync();
    expect(inspect(lock)).toBe(`<RWLock(read by ${me}: 2 times)>`);
    lock.releaseRead();
    lock.releaseRead();
    lock.acquireWriteSync();
    const reading = lock.acquireRead();
    expect(inspect(lock)).toBe(`<RWLock(written by ${me}, 1 waiting to read)>`);
    lock.releaseWrite();
    await reading;
  });

  it('does not keep a blocked reader waiting for ever for a writer of its own event loop', async () => {
    const lock = new RWLock();
    await using worker = await workerCalling({ lock });
    await worker.call('acquireReadSync');
    const writing = lock.acquireWrite();
    const released = worker.call('releaseRead');
    expect(lock.acquireReadSync()).toBe(true);
    lock.releaseRead();
    await released;
    expect(await writing).toBe(true);
  });

  it('does not keep a blocked writer waiting for ever for a reader of its own event loop', async () => {
    const lock = new RWLock();
    await using worker = await workerCalling({ lock });
    await worker.call('acquireWriteSync');
    const reading = lock.acquireRead();
    const released = worker.call('releaseWrite');
    expect(lock.acquireWriteSync()).toBe(true);
    lock.releaseWrite();
    await released;
    expect(await reading).toBe(true);
  });
});

describe('RWLock between threads', () => {
  it('nobody reads what is half written, in every form, and nobody starves', async () => {
    const { sharedBuffer } = await import('@manycore/core');
    const lock = new RWLock();
    const table = new Int32Array(sharedBuffer(8).buffer, 0, 2);
    const workers = await Promise.all(['sync', 'async', 'sync'].map((form) => workerCalling({ lock, table, form, rounds: 2000 })));
    expect(await Promise.all(workers.map((worker) => worker.call('readAndWrite')))).toEqual([0, 0, 0]);
    expect([...table]).toEqual([1500, 1500]);
    expect(inspect(lock)).toBe('<RWLock(free)>');
    await Promise.all(workers.map((worker) => worker.end()));
  });

  it('a read lock is released only by its thread; the write lock by any', async () => {
    const lock = new RWLock();
    await using worker = await workerCalling({ lock });
    await worker.call('acquireReadSync');
    expect(lock.readers).toBe(1);
    expect(() => lock.releaseRead()).toThrow(/this thread has no read lock/);
    await worker.call('releaseRead');
    await worker.call('acquireWrite');
    lock.releaseWrite();
    expect(lock.tryAcquireWrite()).toBe(true);
    expect(await worker.call('tryAcquireRead')).toBe(false);
    lock.releaseWrite();
  });

  it('blocked threads wait by the same rules as promises', async () => {
    const lock = new RWLock();
    await using writer = await workerCalling({ lock });
    await using reader = await workerCalling({ lock });
    lock.acquireReadSync();
    const writing = writer.call('acquireWriteSync');
    await shows(lock, '1 waiting to write');
    const reading = reader.call('acquireReadSync');
    await shows(lock, '1 waiting to read, 1 waiting to write');
    lock.releaseRead();
    expect(await writing).toBe(true);
    expect(lock.readers).toBe(0);
    const next = lock.acquireWrite();
    await writer.call('releaseWrite');
    expect(await reading).toBe(true);
    expect(lock.writeLocked()).toBe(false);
    await reader.call('releaseRead');
    expect(await next).toBe(true);
    lock.releaseWrite();
  });

  it('a writer that dies gives its lock up to waiters of either kind, and is known', async () => {
    const locks = [new RWLock(), new RWLock()];
    for (const [i, lock] of locks.entries()) {
      const worker = await workerCalling({ lock });
      await worker.call('acquireWriteSync');
      expect(lock.tryAcquireRead()).toBe(false);
      expect(lock.abandoned).toBeNull();
      const before = Date.now();
      const waiting = i === 0 ? lock.acquireRead() : lock.acquireWrite();
      await worker.end();
      expect(await waiting).toBe(true);
      expect(lock.abandoned).toMatchObject({ pid: process.pid, name: expect.stringContaining('Thread') });
      expect(lock.abandoned?.at).toBeGreaterThanOrEqual(before);
      expect(inspect(lock)).toMatch(/abandoned/);
      lock.recover();
      expect(lock.abandoned).toBeNull();
    }
    expect(locks.map((lock) => [lock.readers, lock.writeLocked()])).toEqual([
      [1, false],
      [0, true],
    ]);
  });

  it('a blocked thread and the try forms find dead holders too', async () => {
    const locks = [new RWLock(), new RWLock(), new RWLock(), new RWLock()] as const;
    for (const [i, lock] of locks.entries()) {
      const worker = await workerCalling({ lock });
      await worker.call(i % 2 === 0 ? 'acquireWriteSync' : 'acquireReadSync');
      await worker.end();
    }
    expect(locks[0].acquireReadSync()).toBe(true);
    expect(locks[1].acquireWriteSync()).toBe(true);
    expect(locks[2].tryAcquireRead()).toBe(true);
    expect(locks[3].tryAcquireWrite()).toBe(true);
    expect(locks.map((lock) => lock.abandoned !== null)).toEqual([true, false, true, false]);
  });

  it('readers that die are not counted, nor in the way of a writer', async () => {
    const lock = new RWLock();
    const worker = await workerCalling({ lock });
    await worker.call('acquireReadSync');
    await worker.call('acquireRead');
    expect(lock.readers).toBe(2);
    const waiting = lock.acquireWrite();
    await worker.end();
    expect(await waiting).toBe(true);
    expect(lock.readers).toBe(0);
    expect(lock.abandoned).toBeNull();
  });

  it('a writer that waits and dies does not keep readers out, nor do entitled readers a writer', async () => {
    const lock = new RWLock();
    await using holder = await workerCalling({ lock });
    const writer = await workerCalling({ lock });
    const reader = await workerCalling({ lock });
    await holder.call('acquireReadSync');
    await writer.call('startToWrite');
    expect(lock.tryAcquireRead()).toBe(false);
    await writer.end();
    expect(lock.tryAcquireRead()).toBe(true);
    lock.releaseRead();
    await holder.call('releaseRead');
    await holder.call('acquireWriteSync');
    await reader.call('startToRead');
    await reader.end();
    await holder.call('releaseWrite');
    expect(lock.tryAcquireWrite()).toBe(true);
  });
});
