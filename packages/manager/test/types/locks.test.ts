/** The referents of locks, semaphores and conditions, with clients that are made up. */
import { TimeoutError } from '@manycore/core';
import { AbandonedLockError, LockError } from '@manycore/sync';
import { describe, expect, it, vi } from 'vitest';
import { ConditionReferent } from '../../src/types/condition.js';
import { LockReferent } from '../../src/types/lock.js';
import { RLockReferent } from '../../src/types/rlock.js';
import { BoundedSemaphoreReferent, SemaphoreReferent } from '../../src/types/semaphore.js';
import { FakeClient, stateOf } from './fake-client.js';

vi.mock('../../src/server/caller.js', () => import('./fake-client.js'));

const reason = new TimeoutError('enough');

describe.each([
  ['Lock', () => new LockReferent()],
  ['RLock', () => new RLockReferent()],
  ['Semaphore(1)', () => new SemaphoreReferent(1, { robust: true })],
  ['Condition', () => new ConditionReferent()],
] as const)('the referent of %s', (_name, make) => {
  it('goes to those who wait in the order they came', async () => {
    const lock = make();
    const [holder, ...others] = [new FakeClient(), new FakeClient(), new FakeClient(), new FakeClient()];
    expect(holder!.call(() => lock.acquire())).toBe(true);
    const order: number[] = [];
    const waits = others.map(async (client, i) => {
      expect(await client.call(() => lock.acquire())).toBe(true);
      order.push(i);
      client.call(() => lock.release());
    });
    expect(await stateOf(waits[0])).toBe('pending');
    holder!.call(() => lock.release());
    await Promise.all(waits);
    expect(order).toEqual([0, 1, 2]);
    expect(lock.locked()).toBe(false);
  });

  it('tells who does not wait, and who has waited long enough, that it is not to be had', async () => {
    const lock = make();
    const [holder, other] = [new FakeClient(), new FakeClient()];
    holder.call(() => lock.acquire());
    expect(other.call(() => lock.tryAcquire())).toBe(false);
    expect(other.call(() => lock.acquire({ timeout: 0 }))).toBe(false);
    expect(await other.call(() => lock.acquire({ timeout: 5 }))).toBe(false);
    holder.call(() => lock.release());
    expect(other.call(() => lock.tryAcquire())).toBe(true);
  });

  it('is not given to a call that was cancelled, nor to a client that is gone', async () => {
    const lock = make();
    const [holder, cancelling, dying, living] = [new FakeClient(), new FakeClient(), new FakeClient(), new FakeClient()];
    holder.call(() => lock.acquire());
    const cancelled = cancelling.cancellable(() => lock.acquire());
    const ofTheDead = dying.call(() => lock.acquire());
    const last = living.call(() => lock.acquire());
    cancelled.cancel(reason);
    await expect(cancelled.result).rejects.toBe(reason);
    dying.die();
    await expect(ofTheDead).rejects.toThrow('gone');
    holder.call(() => lock.release());
    expect(await last).toBe(true);
    expect([holder.held, cancelling.held, dying.held, living.held]).toEqual([0, 0, 0, 1]);
  });

  it('goes on when its holder is gone, also when that waits for it a second time', async () => {
    const lock = make();
    const [holder, other] = [new FakeClient(), new FakeClient()];
    holder.call(() => lock.acquire());
    holder.call(() => lock.acquire({ timeout: 100_000 }));
    const waiting = other.call(() => lock.acquire());
    holder.die();
    expect(await waiting).toBe(true);
    expect(lock.locked()).toBe(true);
  });

  it('refuses options that are none', () => {
    const lock = make();
    const client = new FakeClient();
    for (const bad of [7, { timeout: Number.NaN }, { timeout: '1' }]) expect(() => client.call(() => lock.acquire(bad as never))).toThrow(TypeError);
  });
});

describe('the referent of Lock', () => {
  it('may be released by another client, and then forgets the one that had it', () => {
    const lock = new LockReferent();
    const [one, other] = [new FakeClient(), new FakeClient()];
    one.call(() => lock.acquire());
    other.call(() => lock.release());
    one.die();
    expect(lock.abandoned()).toBeNull();
    expect(() => other.call(() => lock.release())).toThrow(LockError);
  });

  it('says who died having it, until recover()', () => {
    const lock = new LockReferent();
    const [dying, other] = [new FakeClient(7, 'Seven'), new FakeClient()];
    dying.call(() => lock.acquire());
    dying.die();
    expect(other.call(() => lock.acquire())).toBe(true);
    expect(lock.abandoned()).toMatchObject({ pid: 7, name: 'Seven' });
    lock.recover();
    expect(lock.abandoned()).toBeNull();
  });

  it("with onAbandoned: 'error', fails those who wait and those who come, until recover()", async () => {
    const lock = new LockReferent({ onAbandoned: 'error' });
    const [dying, other] = [new FakeClient(8, 'Eight'), new FakeClient()];
    dying.call(() => lock.acquire());
    const waiting = other.call(() => lock.acquire());
    dying.die();
    await expect(waiting).rejects.toThrow(/Eight \(pid 8\) died holding this lock/);
    expect(() => other.call(() => lock.tryAcquire())).toThrow(AbandonedLockError);
    lock.recover();
    expect(other.call(() => lock.tryAcquire())).toBe(true);
    expect(() => new LockReferent({ onAbandoned: 'maybe' as never })).toThrow(TypeError);
  });
});

describe('the referent of RLock', () => {
  it('belongs to a client as a whole, as often as it acquired it', () => {
    const lock = new RLockReferent();
    const [one, other] = [new FakeClient(), new FakeClient()];
    one.call(() => lock.acquire());
    expect(one.call(() => lock.tryAcquire({ within: [5] }))).toBe(true);
    expect(() => other.call(() => lock.release())).toThrow(/held by Client-\d+ \(pid \d+\)\.$/);
    expect(one.call(() => lock.release())).toBe(false);
    expect(other.call(() => lock.tryAcquire())).toBe(false);
    expect(one.call(() => lock.release())).toBe(true);
    expect(() => one.call(() => lock.release())).toThrow(/not held/);
  });

  it('belongs to one call tree of a client, and what lies within', async () => {
    const lock = new RLockReferent();
    const [client, other] = [new FakeClient(), new FakeClient()];
    expect(client.call(() => lock.acquireFor({ tree: 3, within: [3] }))).toBe(3);
    expect(client.call(() => lock.acquireFor({ tree: 4, within: [4, 3] }))).toBe(3);
    const sibling = client.call(() => lock.acquireFor({ tree: 5, within: [5] }));
    const stranger = other.call(() => lock.acquireFor({ tree: 3, within: [3] }));
    expect(() => client.call(() => lock.release({ within: [5] }))).toThrow(/in another async task/);
    expect(() => client.call(() => lock.releaseFor(5))).toThrow(LockError);
    expect(client.call(() => lock.releaseFor(3))).toBe(false);
    expect(await stateOf(sibling)).toBe('pending');
    expect(client.call(() => lock.release({ within: [3] }))).toBe(true);
    expect(await sibling).toBe(5);
    expect(client.call(() => lock.releaseFor(5))).toBe(true);
    expect(await stranger).toBe(3);
  });

  it('lets those of its new owner in who waited as well', async () => {
    const lock = new RLockReferent();
    const [holder, client] = [new FakeClient(), new FakeClient()];
    holder.call(() => lock.acquire());
    const waits = [client.call(() => lock.acquire()), client.call(() => lock.acquireFor({ tree: 9, within: [9] }))];
    holder.call(() => lock.release());
    expect(await Promise.all(waits)).toEqual([true, 0]);
    expect(client.call(() => lock.release())).toBe(false);
    expect(client.call(() => lock.release())).toBe(true);
  });

  it('gives null when the time of a tree is up, and refuses trees that are none', async () => {
    const lock = new RLockReferent();
    new FakeClient().call(() => lock.acquire());
    const other = new FakeClient();
    expect(await other.call(() => lock.acquireFor({ timeout: 1, tree: 2 }))).toBeNull();
    expect(() => other.call(() => lock.acquire({ within: 'x' as never }))).toThrow(TypeError);
  });
});

describe('the referents of semaphores', () => {
  it('lets in as many as there are permits, and gives several back at once', async () => {
    const semaphore = new SemaphoreReferent(2);
    const client = new FakeClient();
    expect([1, 2, 3].map(() => client.call(() => semaphore.tryAcquire()))).toEqual([true, true, false]);
    const waits = [1, 2, 3].map(() => client.call(() => semaphore.acquire()));
    client.call(() => semaphore.release(2));
    expect(await Promise.all(waits.slice(0, 2))).toEqual([true, true]);
    expect(await stateOf(waits[2])).toBe('pending');
    expect(semaphore.getValue()).toBe(0);
  });

  it('gives the permits of a client that is gone back only when it is robust', () => {
    for (const robust of [true, false]) {
      const semaphore = new SemaphoreReferent(3, { robust });
      const client = new FakeClient();
      for (let i = 0; i < 3; i++) client.call(() => semaphore.acquire());
      client.call(() => semaphore.release());
      client.die();
      expect(semaphore.getValue()).toBe(robust ? 3 : 1);
    }
  });

  it('takes what a client gives back beyond its own off another', () => {
    const semaphore = new SemaphoreReferent(2, { robust: true });
    const [one, other] = [new FakeClient(), new FakeClient()];
    one.call(() => semaphore.acquire());
    other.call(() => semaphore.release());
    expect(one.held).toBe(0);
    one.die();
    expect(semaphore.getValue()).toBe(2);
  });

  it('refuses a release too many, of a bounded one above its first value, and values that are none', () => {
    const client = new FakeClient();
    const bounded = new BoundedSemaphoreReferent(1);
    expect(() => client.call(() => bounded.release())).toThrow(LockError);
    const full = new SemaphoreReferent(2 ** 31 - 1);
    expect(() => client.call(() => full.release())).toThrow(LockError);
    expect(() => client.call(() => bounded.release(0))).toThrow(RangeError);
    expect(() => new SemaphoreReferent(-1)).toThrow(RangeError);
    expect(() => new SemaphoreReferent('1' as never)).toThrow(TypeError);
    expect(() => new SemaphoreReferent(1, { robust: 1 as never })).toThrow(TypeError);
  });
});

describe('the referent of Condition', () => {
  const waiting = (condition: ConditionReferent, client: FakeClient, options?: object) => {
    client.call(() => condition.acquire());
    return client.cancellable(() => condition.wait(options));
  };

  it('notifies as many as it is told, who go on one after the other, with the lock', async () => {
    const condition = new ConditionReferent();
    const [notifier, ...clients] = [new FakeClient(), new FakeClient(), new FakeClient(), new FakeClient()];
    const waits = clients.map((client) => waiting(condition, client).result);
    notifier!.call(() => condition.acquire());
    notifier!.call(() => condition.notify(2));
    expect(await stateOf(waits[0])).toBe('pending');
    notifier!.call(() => condition.release());
    expect(await waits[0]).toBe(true);
    expect(await stateOf(waits[1])).toBe('pending');
    clients[0]!.call(() => condition.release());
    expect(await waits[1]).toBe(true);
    clients[1]!.call(() => condition.release());
    expect(await stateOf(waits[2])).toBe('pending');
    notifier!.call(() => condition.acquire());
    notifier!.call(() => condition.notifyAll());
    notifier!.call(() => condition.release());
    expect(await waits[2]).toBe(true);
  });

  it('gives the lock up as often as it was acquired, and has it as often afterwards', async () => {
    const condition = new ConditionReferent();
    const [client, other] = [new FakeClient(), new FakeClient()];
    client.call(() => condition.acquire());
    const { result } = waiting(condition, client);
    other.call(() => condition.acquire());
    other.call(() => condition.notify());
    other.call(() => condition.release());
    await result;
    expect(client.call(() => condition.release())).toBe(false);
    expect(client.call(() => condition.release())).toBe(true);
  });

  it('has the lock again when the time is up, and when it is cancelled', async () => {
    const condition = new ConditionReferent(new LockReferent());
    const [client, other] = [new FakeClient(), new FakeClient()];
    expect(await waiting(condition, client, { timeout: 1 }).result).toBe(false);
    expect(other.call(() => condition.tryAcquire())).toBe(false);
    const { result, cancel } = client.cancellable(() => condition.wait());
    other.call(() => condition.acquire());
    cancel(reason);
    expect(await stateOf(result)).toBe('pending');
    other.call(() => condition.release());
    await expect(result).rejects.toBe(reason);
    expect(other.call(() => condition.tryAcquire())).toBe(false);
  });

  it('passes the notification of a client that is gone on to another', async () => {
    const condition = new ConditionReferent();
    const [notifier, dying, living] = [new FakeClient(), new FakeClient(), new FakeClient()];
    waiting(condition, dying);
    const { result } = waiting(condition, living);
    notifier.call(() => condition.acquire());
    notifier.call(() => condition.notify());
    await stateOf(result);
    dying.die();
    notifier.call(() => condition.release());
    expect(await result).toBe(true);
    expect([dying.held, living.held]).toEqual([0, 1]);
  });

  it('forgets a client that is gone while it waits', async () => {
    const condition = new ConditionReferent();
    const [notifier, dying, living] = [new FakeClient(), new FakeClient(), new FakeClient()];
    waiting(condition, dying);
    const { result } = waiting(condition, living);
    dying.die();
    notifier.call(() => condition.acquire());
    notifier.call(() => condition.notify());
    notifier.call(() => condition.release());
    expect(await result).toBe(true);
  });

  it('refuses wait and notify without the lock, and what is no lock', async () => {
    const condition = new ConditionReferent();
    const [holder, client] = [new FakeClient(), new FakeClient()];
    holder.call(() => condition.acquire());
    await expect(client.call(() => condition.wait())).rejects.toThrow(LockError);
    expect(() => client.call(() => condition.notify())).toThrow(LockError);
    expect(() => client.call(() => condition.notifyAll())).toThrow(LockError);
    expect(() => holder.call(() => condition.notify(-1))).toThrow(RangeError);
    expect(() => new ConditionReferent({} as never)).toThrow(TypeError);
  });
});
