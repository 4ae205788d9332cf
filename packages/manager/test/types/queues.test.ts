/** The referents of queues, with clients that are made up. */
import { TimeoutError } from '@manycore/core';
import { QueueEmptyError, QueueError, QueueFullError, QueueShutdownError } from '@manycore/queues';
import { withSeed } from '@manycore/testing';
import { describe, expect, it, vi } from 'vitest';
import { Deque } from '../../src/types/deque.js';
import { JoinableQueueReferent } from '../../src/types/joinable-queue.js';
import { QueueReferent } from '../../src/types/queue.js';
import { FakeClient, stateOf } from './fake-client.js';

vi.mock('../../src/server/caller.js', () => import('./fake-client.js'));

const client = new FakeClient();
const here = <R>(method: () => R): R => client.call(method);

describe('a Deque', () => {
  it('gives what was put, in order, as an array would', () =>
    withSeed((random) => {
      const [deque, model] = [new Deque<number>(), [] as number[]];
      for (let i = 0; i < 5_000; i++) {
        if (model.length > 0 && random.integer(0, 2) > 0) expect(deque.shift()).toBe(model.shift());
        else for (let k = random.integer(1, 3); k > 0; k--) deque.push(model.push(i) && i);
        expect(deque.length).toBe(model.length);
      }
    }));
});

describe.each([
  ['Queue', (maxSize?: number) => new QueueReferent(maxSize)],
  ['JoinableQueue', (maxSize?: number) => new JoinableQueueReferent(maxSize)],
  ['JoinableQueue with redeliver', (maxSize?: number) => new JoinableQueueReferent(maxSize, { redeliver: true })],
] as const)('the referent of %s', (_name, make) => {
  it('gives items in the order they were put, at once or to those who wait', async () => {
    const queue = make();
    const waits = [here(() => queue.get()), here(() => queue.getMany(2)), here(() => queue.get())];
    here(() => queue.putMany([1, 2, 3]));
    expect(await Promise.all(waits.slice(0, 2))).toEqual([1, [2, 3]]);
    expect(await stateOf(waits[2])).toBe('pending');
    here(() => queue.putMany([4, 5, 6, 7]));
    expect(await waits[2]).toBe(4);
    expect([here(() => queue.getNowait()), here(() => queue.getMany(9)), queue.qsize(), queue.empty()]).toEqual([5, [6, 7], 0, true]);
  });

  it('makes putters of a full queue wait, and lets them go on in order, the items of one call in one piece', async () => {
    const queue = make(2);
    const many = here(() => queue.putMany([1, 2, 3, 4]));
    const one = here(() => queue.put(5));
    expect([queue.full(), queue.qsize()]).toEqual([true, 2]);
    expect(() => here(() => queue.putNowait(6))).toThrow(QueueFullError);
    expect(here(() => queue.get())).toBe(1);
    expect(await stateOf(many)).toBe('pending');
    expect(here(() => queue.getMany(5))).toEqual([2, 3]);
    await many;
    await one;
    expect(here(() => queue.getMany(5))).toEqual([4, 5]);
  });

  it('hands the items of a put that is larger than the queue to those who wait', async () => {
    const queue = make(1);
    const waits = [1, 2, 3].map(() => here(() => queue.get()));
    await here(() => queue.putMany([1, 2, 3, 4]));
    expect(await Promise.all(waits)).toEqual([1, 2, 3]);
    expect(queue.qsize()).toBe(1);
  });

  it('takes nothing for a call that was cancelled, timed out or whose client is gone', async () => {
    const queue = make(1);
    const dying = new FakeClient();
    const cancelled = client.cancellable(() => queue.get());
    void dying.call(() => queue.get());
    cancelled.cancel(new Error('enough'));
    await expect(cancelled.result).rejects.toThrow('enough');
    await expect(here(() => queue.get({ timeout: 1 }))).rejects.toThrow(/is empty and no item came within 1 ms/);
    dying.die();
    here(() => queue.put('kept'));
    const [late, put] = [client.cancellable(() => queue.put('late')), new FakeClient()];
    void put.call(() => queue.put('dead'));
    late.cancel(new Error('enough'));
    put.die();
    await expect(late.result).rejects.toThrow('enough');
    await expect(here(() => queue.putMany([1, 2], { timeout: 1 }))).rejects.toThrow(/full and no room came within 1 ms. 0 items were put before/);
    expect([here(() => queue.get()), queue.qsize()]).toEqual(['kept', 0]);
    expect(() => here(() => queue.getNowait())).toThrow(QueueEmptyError);
  });

  it('ends for everybody when it is shut down, and drops what is inside only at once', async () => {
    const queue = make(1);
    here(() => queue.put('inside'));
    const putting = here(() => queue.put('more'));
    here(() => queue.shutdown());
    await expect(putting).rejects.toThrow(QueueShutdownError);
    expect(() => here(() => queue.put(1))).toThrow(QueueShutdownError);
    expect(here(() => queue.get())).toBe('inside');
    expect(() => here(() => queue.get())).toThrow(QueueShutdownError);
    const other = make();
    here(() => other.putMany([1, 2]));
    here(() => other.shutdown({ immediate: true }));
    expect(other.qsize()).toBe(0);
    expect(() => here(() => other.get())).toThrow(QueueShutdownError);
    const waited = make();
    const getting = here(() => waited.get());
    here(() => waited.shutdown());
    await expect(getting).rejects.toThrow(QueueShutdownError);
  });

  it('tells who waits', async () => {
    const queue = make(1);
    void here(() => queue.get());
    expect(queue.inspect()).toMatchObject({ size: 0, maxSize: 1, isShutDown: false, getters: [{ pid: client.pid, name: client.name, how: 'promise' }], putters: [] });
    here(() => queue.shutdown());
    await stateOf(undefined);
    expect(queue.inspect()).toMatchObject({ isShutDown: true, getters: [] });
  });

  it('refuses bad arguments', () => {
    const queue = make();
    expect(() => make(-1)).toThrow(RangeError);
    expect(() => make('1' as never)).toThrow(TypeError);
    expect(() => here(() => queue.getMany(0))).toThrow(RangeError);
    expect(() => here(() => queue.getMany('1' as never))).toThrow(TypeError);
    expect(() => here(() => queue.putMany(1 as never))).toThrow(TypeError);
    expect(() => here(() => queue.shutdown({ immediate: 1 as never }))).toThrow(TypeError);
    expect(() => here(() => queue.get({ timeout: 'x' as never }))).toThrow(TypeError);
  });
});

describe('the referent of JoinableQueue', () => {
  const filled = (items: unknown[], redeliver: boolean): JoinableQueueReferent => {
    const queue = new JoinableQueueReferent(0, { redeliver });
    here(() => queue.putMany(items));
    return queue;
  };

  it.each([true, false])('join waits for as many taskDone as items (redeliver: %s)', async (redeliver) => {
    const queue = filled([1, 2], redeliver);
    const joining = here(() => queue.join());
    here(() => queue.get());
    here(() => queue.taskDone());
    expect(await stateOf(joining)).toBe('pending');
    await expect(here(() => queue.join({ timeout: 1 }))).rejects.toThrow(TimeoutError);
    expect(() => here(() => queue.join({ timeout: 0 }))).toThrow(TimeoutError);
    here(() => queue.taskDone());
    await joining;
    expect(here(() => queue.join())).toBeUndefined();
    expect(() => here(() => queue.taskDone())).toThrow(QueueError);
  });

  it('gives what clients had that are gone back to the front, in the order it was taken', async () => {
    const queue = filled([1, 2, 3, 4, 5], true);
    const [one, other] = [new FakeClient(), new FakeClient()];
    one.call(() => queue.get());
    other.call(() => queue.getMany(2));
    one.call(() => queue.get());
    const [, lease] = (other.call(() => queue.getLeased(1)) as { leases: number[] }).leases.concat(0);
    expect(lease).toBe(0);
    const waiting = here(() => queue.get());
    other.call(() => queue.taskDone());
    one.die();
    expect(await waiting).toBe(1);
    other.die();
    expect(queue.qsize()).toBe(3);
    expect(here(() => queue.getMany(9))).toEqual([3, 4, 5]);
    expect(queue.inspect().unfinished).toBe(4);
    expect([one.held, other.held]).toEqual([0, 0]);
  });

  it('marks the very item it is told, of that client only', () => {
    const queue = filled(['a', 'b'], true);
    const [worker, other] = [new FakeClient(), new FakeClient()];
    const { items, leases } = worker.call(() => queue.getLeased(2)) as { items: unknown[]; leases: number[] };
    expect(items).toEqual(['a', 'b']);
    expect(() => other.call(() => queue.taskDone(leases[1]))).toThrow(/has not gotten such an item/);
    worker.call(() => queue.taskDone(leases[1]));
    expect(() => worker.call(() => queue.taskDone(leases[1]))).toThrow(QueueError);
    worker.die();
    expect(here(() => queue.getNowait())).toBe('a');
  });

  it('marks an item of another when its own are none, first of its process', () => {
    const queue = filled(['a', 'b', 'c'], true);
    const [sibling, stranger] = [new FakeClient(client.pid), new FakeClient()];
    stranger.call(() => queue.get());
    sibling.call(() => queue.get());
    here(() => queue.taskDone());
    sibling.die();
    expect(queue.qsize()).toBe(1);
    here(() => queue.taskDone());
    stranger.die();
    expect(queue.qsize()).toBe(1);
  });

  it('without redelivery, join throws once all that is left was taken by the dead, and names them', async () => {
    const queue = filled([1, 2, 3], false);
    const [one, other] = [new FakeClient(41, 'One'), new FakeClient(42, 'Other')];
    one.call(() => queue.get());
    other.call(() => queue.getMany(2));
    const joining = here(() => queue.join());
    one.die();
    expect(await stateOf(joining)).toBe('pending');
    other.die();
    await expect(joining).rejects.toThrow(/3 items will never be done.*1 by One \(pid 41\), 2 by Other \(pid 42\)/);
    expect(() => here(() => queue.join())).toThrow(QueueError);
    for (let i = 0; i < 3; i++) here(() => queue.taskDone());
    here(() => queue.join());
  });

  it('fails a join also when a living taker marks its last item after the death of another', async () => {
    const queue = filled([1, 2], false);
    const [dying, living] = [new FakeClient(), new FakeClient()];
    dying.call(() => queue.get());
    living.call(() => queue.get());
    dying.die();
    const joining = here(() => queue.join());
    expect(await stateOf(joining)).toBe('pending');
    living.call(() => queue.taskDone());
    await expect(joining).rejects.toThrow(QueueError);
  });

  it('counts what a shutdown drops, and what would come back after it, as done', async () => {
    const queue = filled([1, 2, 3], true);
    const [dying, living] = [new FakeClient(), new FakeClient()];
    dying.call(() => queue.get());
    living.call(() => queue.get());
    here(() => queue.shutdown({ immediate: true }));
    const joining = here(() => queue.join());
    dying.die();
    expect([queue.qsize(), await stateOf(joining)]).toEqual([0, 'pending']);
    living.call(() => queue.taskDone());
    await joining;
  });

  it('refuses options that are none', () => {
    expect(() => new JoinableQueueReferent(0, { redeliver: 1 as never })).toThrow(TypeError);
    expect(() => new JoinableQueueReferent(0, 7 as never)).toThrow(TypeError);
  });
});
