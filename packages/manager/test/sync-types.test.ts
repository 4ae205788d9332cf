/** Locks, events, barriers and queues of a manager, as its clients have them. What they share with the local ones is in the conformance suites (packages/manycore). */
import { ClosedError, InvalidStateError, inline, SerializationError, TimeoutError } from '@manycore/core';
import { Process } from '@manycore/process';
import { Queue, QueueEmptyError, QueueError, QueueFullError, QueueShutdownError } from '@manycore/queues';
import { AbandonedLockError, BrokenBarrierError, LockError, RLock } from '@manycore/sync';
import { caught, until } from '@manycore/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Manager, type SyncManager } from '@manycore/manager';
import { fails, takeAll } from './fixtures/sync-clients.mjs';
import { all } from './helpers.js';

let manager: SyncManager;
beforeAll(async () => {
  manager = await Manager();
});
afterAll(() => manager.shutdown());

const reason = new Error('enough');
const turns = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));

describe('guards', () => {
  it.each(['Lock', 'RLock', 'Semaphore', 'Condition'] as const)('of a %s release at the end of the block, and once only', async (name) => {
    const lock = await manager[name]();
    {
      await using held = await lock.hold();
      expect(await lock.locked()).toBe(true);
      await held.release();
      expect(await lock.locked()).toBe(false);
    }
    {
      using _held = await lock.hold();
      expect(await lock.locked()).toBe(true);
    }
    expect(await lock.locked()).toBe(false);
    await expect(lock.withLock(() => Promise.reject(reason))).rejects.toBe(reason);
    expect(await lock.locked()).toBe(false);
    expect(await caught(lock.withLock(7 as never))).toBeInstanceOf(TypeError);
  });

  it('that cannot be had in time tell who has it', async () => {
    for (const lock of [await manager.Lock(), await manager.Semaphore(1, { robust: true })]) {
      await lock.acquire();
      const error = await caught(lock.hold({ timeout: 1 }));
      expect(error).toBeInstanceOf(TimeoutError);
      expect(String(error)).toMatch(new RegExp(`\\.hold: not to be had within 1 ms; held by .*\\(pid ${process.pid}\\)`));
      expect(await caught(lock.withLock(() => 0, { timeout: 1 }))).toBeInstanceOf(TimeoutError);
      await lock.release();
      expect(await caught(lock.acquire({ timeout: '1' as never }))).toBeInstanceOf(TypeError);
    }
  });
});

describe('an RLock', () => {
  it('excludes tasks of one thread from one another, and lets each of them in again', async () => {
    const lock = await manager.RLock();
    let inside = 0;
    const task = async (again: () => Promise<unknown>): Promise<void> => {
      expect(++inside).toBe(1);
      await turns();
      await again();
      expect(inside--).toBe(1);
    };
    const holding = async (): Promise<void> => {
      await using _held = await lock.hold();
      await task(async () => {
        await using _again = await lock.hold();
        await turns();
      });
    };
    const withLock = [lock.withLock(() => task(() => lock.withLock(turns))), lock.withLock(() => task(() => lock.acquire().then(() => lock.release())))];
    await Promise.all([...withLock, holding(), holding()]);
    expect(await lock.locked()).toBe(false);
  });

  it('is inside of trees of local locks, and they of its', async () => {
    const [far, near] = [await manager.RLock(), new RLock()];
    const result = await near.withLock(() => far.withLock(() => near.withLock(() => far.withLock(() => 'inside'))));
    expect([result, near.locked(), await far.locked()]).toEqual(['inside', false, false]);
  });

  it('is not released by a task that is not its owner', async () => {
    const lock = await manager.RLock();
    await lock.withLock(async () => {
      await lock.acquire();
      await lock.release();
    });
    let go!: () => void;
    const gate = new Promise<void>((resolve) => (go = resolve));
    const inside = lock.withLock(() => gate);
    await until(() => lock.locked(), { what: 'the lock to be held' });
    expect(await caught(lock.release())).toBeInstanceOf(LockError);
    expect(await lock.tryAcquire()).toBe(false);
    go();
    await inside;
    expect(await caught(lock.release())).toBeInstanceOf(LockError);
  });

  it('acquired by the thread lets every task of it in', async () => {
    const lock = await manager.RLock();
    await lock.acquire();
    expect(await lock.withLock(() => lock.tryAcquire())).toBe(true);
    await lock.release();
    await lock.release();
    expect(await lock.locked()).toBe(false);
  });
});

describe('when a client is killed', () => {
  it('what it had comes back, and nobody waits for it', async () => {
    const [lock, strict, rlock, semaphore, condition, barrier, queue] = await Promise.all([
      manager.Lock(), manager.Lock({ onAbandoned: 'error' }), manager.RLock(), manager.Semaphore(2, { robust: true }), manager.Condition(), manager.Barrier(3), manager.JoinableQueue<number>(0, { redeliver: true }),
    ]);
    const said = new Queue<number>();
    await queue.putMany([1, 2, 3]);
    const victim = new Process({ target: takeAll, args: [{ lock, rlock, semaphore, condition, barrier, queue, said }], name: 'Victim' }).start();
    const pid = await said.get();
    await until(async () => (await barrier.nWaiting) === 1, { what: 'the victim to wait' });
    await condition.acquire();
    const met = caught(barrier.wait());
    const waits = [lock.acquire(), rlock.acquire(), semaphore.acquire(), condition.wait({ timeout: 20_000 })];
    await until(async () => (await barrier.nWaiting) === 2, { what: 'two to wait' });
    victim.kill();
    await victim.join();
    expect(await Promise.all(waits.slice(0, 3))).toEqual([true, true, true]);
    expect(await lock.abandoned).toMatchObject({ pid, name: 'Victim' });
    expect(String(await met)).toMatch(new RegExp(`a party died that had come: Victim \\(pid ${pid}\\)`));
    expect(await semaphore.getValue()).toBe(1);
    expect(await queue.getMany(9)).toEqual([1, 2, 3]);
    await condition.acquire();
    await condition.notify();
    await condition.release();
    expect(await waits[3]).toBe(true);
    await condition.release();
    expect(await strict.abandoned).toBeNull();
  });
});

describe('an abort', () => {
  it('consumes nothing', async () => {
    const [lock, queue, full, event, barrier] = [await manager.Lock(), await manager.Queue(), await manager.Queue(1), await manager.Event(), await manager.Barrier(2)];
    await lock.acquire();
    await full.put('inside');
    const abort = new AbortController();
    const { signal } = abort;
    const calls = [lock.acquire({ signal }), lock.hold({ signal }), queue.get({ signal }), full.put('late', { signal }), event.wait({ signal }), barrier.wait({ signal })].map((call) => caught(call));
    await turns();
    abort.abort(reason);
    expect(await Promise.all(calls)).toEqual(calls.map(() => reason));
    await lock.release();
    expect([await lock.tryAcquire(), await full.getMany(5), await queue.qsize()]).toEqual([true, ['inside'], 0]);
    expect(await caught(barrier.wait())).toBeInstanceOf(BrokenBarrierError);
    expect(await caught(lock.acquire({ signal }))).toBe(reason);
  });

  it('of a condition leaves the caller with the lock', async () => {
    const condition = await manager.Condition(await manager.Lock());
    const abort = new AbortController();
    await condition.acquire();
    let isOver = false;
    const waiting = caught(condition.wait({ signal: abort.signal })).finally(() => (isOver = true));
    expect(await condition.acquire()).toBe(true);
    abort.abort(reason);
    await turns();
    expect(isOver).toBe(false);
    await condition.release();
    expect(await waiting).toBe(reason);
    expect(await condition.locked()).toBe(true);
    await condition.release();
  });
});

describe('a Condition', () => {
  it('shares a lock of the manager, and refuses what is none', async () => {
    const lock = await manager.Lock();
    const [one, other] = [await manager.Condition(lock), await manager.Condition(lock)];
    await one.acquire();
    expect([await lock.locked(), await other.tryAcquire()]).toEqual([true, false]);
    await one.release();
    expect(await caught(manager.Condition((await manager.Event()) as never))).toBeInstanceOf(TypeError);
    expect(await caught(one.wait())).toBeInstanceOf(LockError);
  });

  it('waits inside of withLock until another task has changed something', async () => {
    const condition = await manager.Condition();
    let ready = false;
    const waiting = condition.withLock(() => condition.waitFor(() => ready));
    const changing = condition.withLock(async () => {
      ready = true;
      await condition.notifyAll();
    });
    expect(await waiting).toBe(true);
    await changing;
    expect(await condition.withLock(() => condition.waitFor(() => false, { timeout: 1 }))).toBe(false);
  });
});

describe('a Barrier', () => {
  it('runs its action in the server, whose error the last party gets', async () => {
    const barrier = await manager.Barrier(2, { action: fails });
    const outcomes = await Promise.allSettled([barrier.wait(), barrier.wait()]);
    expect(outcomes.map((outcome) => String((outcome as PromiseRejectedResult).reason))).toEqual([expect.stringMatching(/the action failed/), 'RangeError: no luck']);
    expect([await barrier.broken, await barrier.parties]).toEqual([true, 2]);
    await barrier.reset();
    expect(await caught(barrier.wait({ timeout: 0 }))).toBeInstanceOf(BrokenBarrierError);
    const quick = await manager.Barrier(2, { timeout: 1 });
    expect(await caught(quick.wait())).toBeInstanceOf(BrokenBarrierError);
    expect(await caught(manager.Barrier(0))).toBeInstanceOf(RangeError);
  });
});

describe('queues', () => {
  it('keep the order of calls that nobody awaits, and a get that waits holds up nobody', async () => {
    const queue = await manager.Queue<number>();
    const first = queue.get();
    const puts = Array.from({ length: 100 }, (_, i) => queue.put(i));
    const rest = Array.from({ length: 99 }, () => queue.get());
    expect(await Promise.all([first, ...rest])).toEqual(Array.from({ length: 100 }, (_, i) => i));
    await Promise.all(puts);
  });

  it('take an item for what it is: options, a list, nothing, a proxy; and refuse functions', async () => {
    const queue = await manager.Queue<unknown>();
    const items = [{ timeout: 1 }, { signal: 'x' }, [1], undefined, queue];
    for (const item of items) await queue.put(item);
    expect(await queue.getMany(9)).toEqual(items);
    expect(await caught(queue.put(() => 0))).toBeInstanceOf(SerializationError);
    expect(await caught(queue.put(fails))).toBeInstanceOf(SerializationError);
  });

  it('fail with the errors of the local ones, and end an iteration when they are shut down', async () => {
    const queue = await manager.Queue<number>(1);
    expect(await caught(queue.getNowait())).toBeInstanceOf(QueueEmptyError);
    await queue.putNowait(1);
    expect(await caught(queue.putNowait(2))).toBeInstanceOf(QueueFullError);
    expect(await caught(queue.put(2, { timeout: 1 }))).toBeInstanceOf(QueueFullError);
    expect([await queue.full(), await queue.empty(), (await queue.inspect()).size]).toEqual([true, false, 1]);
    await queue.shutdown();
    expect(await caught(queue.put(3))).toBeInstanceOf(QueueShutdownError);
    expect(await all(queue)).toEqual([1]);
    expect(await caught(queue.joinThread())).toBeInstanceOf(InvalidStateError);
    queue.close();
    await queue.joinThread();
    expect(await caught(queue.get())).toBeInstanceOf(ClosedError);
    expect(await caught(manager.Queue(-1))).toBeInstanceOf(RangeError);
  });

  it('know what is done: the very item, or the oldest', async () => {
    const queue = await manager.JoinableQueue<object>(0, { redeliver: true });
    await queue.putMany([{ a: 1 }, { b: 2 }, { c: 3 }]);
    const [a, b] = await queue.getMany(2);
    const joining = queue.join();
    await queue.taskDone(b);
    expect(await caught(queue.taskDone(b))).toBeInstanceOf(QueueError);
    expect(await caught(queue.taskDone({ a: 1 }))).toBeInstanceOf(QueueError);
    await queue.taskDone(a);
    await queue.get();
    expect(await caught(queue.join({ timeout: 1 }))).toBeInstanceOf(TimeoutError);
    await queue.taskDone();
    await joining;
    expect(await caught(queue.taskDone())).toBeInstanceOf(QueueError);
  });
});

describe('the objects themselves', () => {
  it('may be used in the server, in one step', async () => {
    const [lock, queue] = [await manager.Lock(), await manager.Queue<number>()];
    await queue.putMany([1, 2, 3]);
    expect(await lock.transact(inline((referent) => [referent.tryAcquire(), referent.locked()]))).toEqual([true, true]);
    await lock.release();
    expect(await queue.transact(inline((referent) => referent.qsize() + (referent.getNowait() as number)))).toBe(4);
  });

  it('say who died, and fail until they are recovered', async () => {
    const lock = await manager.Lock({ onAbandoned: 'error' });
    const said = new Queue<number>();
    const [rlock, semaphore, condition, barrier, queue] = await Promise.all([manager.RLock(), manager.Semaphore(2), manager.Condition(), manager.Barrier(2), manager.JoinableQueue<number>()]);
    await queue.putMany([1, 2]);
    const victim = new Process({ target: takeAll, args: [{ lock, rlock, semaphore, condition, barrier, queue, said }], name: 'Victim' }).start();
    await said.get();
    const [waiting, joining] = [caught(lock.acquire()), caught(queue.join())];
    victim.kill();
    await victim.join();
    expect(await waiting).toBeInstanceOf(AbandonedLockError);
    expect(String(await joining)).toMatch(/2 items will never be done.*2 by Victim/);
    expect(await semaphore.getValue()).toBe(0);
    await lock.recover();
    expect(await lock.tryAcquire()).toBe(true);
  });
});
