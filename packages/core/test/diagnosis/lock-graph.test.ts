import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { lockGraph, type LockGraphObject } from '@manycore/core';
import { lockBlocked, lockHolder, LOCK_QUEUE, lockOwner, LockWaiter, registerLockType, session, tryLockQueued, unlock, withdraw, type Block } from '@manycore/core/internal';
import { until } from '@manycore/testing';
import { describe, expect, it } from 'vitest';

/** Two raw locks, 64 words apart; held is the first, waited for may be both. */
const TYPE = 'test.TwoLocks';
registerLockType(TYPE, { holders: (words) => [lockOwner(words, 0)], queues: [LOCK_QUEUE, 64 + LOCK_QUEUE] });

const twoLocks = (): Block => session().heap.allocate(512, TYPE);
const shown = ({ id }: Block): LockGraphObject | undefined => lockGraph().objects.find((object) => object.id === id);
const me = { pid: process.pid, name: 'MainProcess' };

describe('lockGraph', () => {
  it('leaves out what nobody holds or waits for, and shows it without the name of its package while somebody does', () => {
    const { kernel } = session();
    const block = twoLocks();
    expect(shown(block)).toBeUndefined();
    lockBlocked(block.words, 0, kernel, Infinity);
    expect(shown(block)).toEqual({ id: block.id, type: 'TwoLocks', holders: [me], waiters: [] });
    unlock(block.words, 0, kernel);
    expect(shown(block)).toBeUndefined();
  });

  it('does not show types that nobody registered, and the first registration of a name stays', () => {
    const { kernel, heap } = session();
    const block = heap.allocate(512, 'test.unknown');
    lockBlocked(block.words, 0, kernel, Infinity);
    expect(shown(block)).toBeUndefined();
    registerLockType(TYPE, { holders: () => [kernel.self], queues: [] });
    expect(shown(twoLocks())).toBeUndefined();
  });

  it('shows a promise that waits, at every queue of the object, once', async () => {
    const { kernel, waits } = session();
    const block = twoLocks();
    const end = new AbortController();
    const pending = [0, 64].map((lock) => waits.wait(block.words, lock + LOCK_QUEUE, () => undefined, Infinity, end.signal));
    expect(shown(block)).toEqual({ id: block.id, type: 'TwoLocks', holders: [], waiters: [{ ...me, how: 'promise' }] });
    end.abort('enough');
    expect(await Promise.allSettled(pending)).toMatchObject([{ reason: 'enough' }, { reason: 'enough' }]);
    expect(shown(block)).toBeUndefined();
    expect(kernel.isAlive(kernel.self)).toBe(true);
  });

  it('shows what a thread blocks on, also after a wait inside of the wait, and no longer than it does', () => {
    const here = session();
    const [outer, inner] = [twoLocks(), twoLocks()];
    const blocked = [{ ...me, how: 'blocked' }];
    here.blockedOn(outer, Infinity, () => {
      expect(shown(outer)?.waiters).toEqual(blocked);
      here.blockedOn(inner, Infinity, () => {
        expect(shown(inner)?.waiters).toEqual(blocked);
        expect(shown(outer)).toBeUndefined();
      });
      expect(shown(inner)).toBeUndefined();
      expect(shown(outer)?.waiters).toEqual(blocked);
    });
    const fails = (): void =>
      here.blockedOn(outer, Infinity, () => {
        throw new RangeError('mine');
      });
    expect(fails).toThrow('mine');
    expect(shown(outer)).toBeUndefined();
  });

  it('shows another thread that holds and blocks; after its death neither, and the next tenant of its slot does not inherit it', async () => {
    const { kernel } = session();
    const block = twoLocks();
    lockBlocked(block.words, 64, kernel, Infinity);
    const start = async (mine: Block): Promise<Worker> => {
      const worker = new Worker(new URL('../fixtures/worker-blocks-on-lock.mjs', import.meta.url), { workerData: { block: { id: mine.id, generation: mine.generation }, type: TYPE } });
      worker.on('error', (error) => {
        throw error;
      });
      await once(worker, 'message');
      return worker;
    };
    const worker = await start(block);
    const its = { pid: process.pid, name: `MainProcess|Thread-${worker.threadId}` };
    await until(() => shown(block)?.waiters.length === 1, { what: 'the worker to block' });
    expect(shown(block)).toEqual({ id: block.id, type: 'TwoLocks', holders: [its], waiters: [{ ...its, how: 'blocked' }] });
    await worker.terminate();
    expect(shown(block)).toBeUndefined();
    const other = twoLocks();
    lockBlocked(other.words, 64, kernel, Infinity);
    const next = await start(other);
    await until(() => shown(other)?.waiters.length === 1, { what: 'the next worker to block' });
    expect(shown(block)).toBeUndefined();
    await next.terminate();
  });

  it('is not confused by a block that was freed and given to another type', () => {
    const here = session();
    const block = twoLocks();
    here.blockedOn({ id: block.id, generation: block.generation + 1 }, Infinity, () => expect(shown(block)).toBeUndefined());
    here.blockedOn({ id: 4_000_000, generation: 1 }, Infinity, () => expect(lockGraph().cycles).toEqual([]));
  });
});

describe('the holder of a raw lock', () => {
  it('is nobody while the lock is only granted to a waiter', () => {
    const { kernel } = session();
    const { words } = twoLocks();
    lockBlocked(words, 0, kernel, Infinity);
    expect(lockHolder(words, 0)).toBe(kernel.self);
    const heir = new LockWaiter(0, kernel.now() - 10);
    expect(tryLockQueued(words, 0, kernel, false, heir)).toBeUndefined();
    unlock(words, 0, kernel);
    expect(lockOwner(words, 0)).toBe(kernel.self);
    expect(lockHolder(words, 0)).toBe(0);
    expect(withdraw(words, 0, kernel, heir)).toBe(0);
    expect(lockHolder(words, 0)).toBe(kernel.self);
    unlock(words, 0, kernel);
  });
});
