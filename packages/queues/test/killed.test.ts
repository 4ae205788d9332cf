/** Threads that die after any of the atomic operations of a put, a get or a taskDone, in real session memory. The explorer (leases.explorer.test.ts) has every interleaving, but a model of the heap. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { memoryUsage, sharedBuffer } from '@manycore/core';
import { encode, session } from '@manycore/core/internal';
import { JoinableQueue, Queue, QueueEmptyError, QueueError } from '@manycore/queues';
import { Random, withSeed } from '@manycore/testing';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';

setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc') as () => void;

interface Item {
  readonly n: number;
  /** Large enough for a lease that is charged to the budget by itself. */
  readonly text: Uint8Array;
  readonly shared: Uint8Array;
}
const item = (n: number): Item => ({ n, text: new Uint8Array(70_000).fill(n), shared: sharedBuffer(100_000).fill(n) });

/** A worker that dies in `method`, after its `stopAt`-th atomic operation that changes something; false when it had fewer. */
async function dies(q: Queue<Item>, before: string[], method: string, stopAt: number, ...args: Item[]): Promise<boolean> {
  const message = encode({ q, args }, 'call');
  const worker = new Worker(new URL('./fixtures/worker-dies-in-a-call.mjs', import.meta.url), {
    workerData: { message: Uint8Array.from(message.bytes.subarray(0, message.length)), before, method, stopAt },
  });
  worker.on('error', (error) => {
    throw error;
  });
  const [said] = (await once(worker, 'message')) as [string];
  await worker.terminate();
  session().announceDeath();
  return said === 'stopped';
}

/** Everything that is to be had; each is marked as done. */
function drain(q: Queue<Item>): number[] {
  const numbers: number[] = [];
  for (;;) {
    let got: Item;
    try {
      got = q.getNowait();
    } catch (error) {
      if (QueueEmptyError.isInstance(error)) return numbers;
      throw error;
    }
    expect(Buffer.compare(got.text, new Uint8Array(70_000).fill(got.n))).toBe(0);
    expect(Buffer.compare(got.shared, new Uint8Array(100_000).fill(got.n))).toBe(0);
    numbers.push(got.n);
    if (q instanceof JoinableQueue) q.taskDone();
  }
}

/** What stays charged when the queue is empty, looked at until it is `expected`; a small item takes the ring out of a large segment. */
async function chargedEmpty(q: Queue<Item>, expected?: number): Promise<number> {
  q.putSync(undefined as never);
  q.getSync();
  if (q instanceof JoinableQueue) q.taskDone();
  for (let round = 0; round < 5 && memoryUsage().chargedBytes !== expected; round++) {
    gc();
    await turn();
  }
  return memoryUsage().chargedBytes;
}

describe.each([
  ['getSync', [], 'nobody before', [[1, 2, 3]]],
  ['taskDone', ['getSync'], 'nobody before', [[1, 2, 3], [2, 3]]],
  ['getSync', [], 'another that has died with two items', [[1, 2, 3]]],
  ['taskDone', ['getSync', 'getSync', 'getSync'], 'another that has died with two items', [[1, 2, 3], [2, 3]]],
])('a consumer that dies in %s after %o, and %s', (method, before, first, possible) => {
  // Every operation in turn is tried by repeating it: the first is chosen by chance.
  it('leaves each item done or to be had once, the count right, and no memory', () =>
    withSeed(async (random: Random) => {
      const q = new JoinableQueue<Item>(0, { redeliver: true });
      // All that stays: the small segments of the ring.
      for (let i = 0; i < 4; i++) q.putManySync([item(1), item(2), item(3)]);
      drain(q);
      const charged = await chargedEmpty(q);
      const stride = 40;
      let stopAt = random.integer(1, stride);
      for (let isDead = true; isDead; stopAt += stride) {
        q.putManySync([item(1), item(2), item(3)]);
        if (first !== 'nobody before') await dies(q, ['getSync', 'getSync'], 'qsize', Infinity);
        isDead = await dies(q, before, method, stopAt);
        const { unfinished } = q.inspect();
        const rest = drain(q);
        const what = `after ${stopAt} operations`;
        expect(possible, what).toContainEqual(rest);
        expect(unfinished, what).toBeGreaterThanOrEqual(rest.length);
        q.joinSync({ timeout: 0 });
        expect(() => q.taskDone()).toThrow(QueueError);
        expect(await chargedEmpty(q, charged), what).toBe(charged);
      }
    }), 120_000);
});

describe.each([['getSync', []], ['taskDone', ['getSync']]])('without redelivery, a consumer that dies in %s after %o', (method, before) => {
  it('leaves each item to be had, done, or with the dead, and join says how many those are', () =>
    withSeed(async (random: Random) => {
      const q = new JoinableQueue<Item>();
      const stride = 12;
      let stopAt = random.integer(1, stride);
      for (let isDead = true; isDead; stopAt += stride) {
        q.putManySync([item(1), item(2)]);
        isDead = await dies(q, before, method, stopAt);
        const rest = drain(q);
        const what = `after ${stopAt} operations`;
        expect([[1, 2], [2]], what).toContainEqual(rest);
        const { unfinished } = q.inspect();
        if (unfinished === 1) {
          expect(() => q.joinSync(), what).toThrow(/1 items will never be done/);
          q.taskDone();
        }
        q.joinSync();
        expect(() => q.taskDone()).toThrow(QueueError);
      }
    }), 120_000);
});

describe('a Queue', () => {
  it.each([['getSync', [1, 2], [[1, 2], [2]]], ['putSync', [], [[], [3]]]])('keeps all but what was taken, and no memory, when somebody dies in %s', (method, inside, possible) =>
    withSeed(async (random: Random) => {
      const q = new Queue<Item>();
      for (let i = 0; i < 4; i++) q.putManySync([item(1), item(2), item(3)]);
      drain(q);
      const charged = await chargedEmpty(q);
      // Between the making of a bundle and the commit of its entry there are two operations: one run in two or three stops there.
      const stride = method === 'putSync' ? 5 : 8;
      let stopAt = random.integer(1, stride);
      for (let isDead = true; isDead; stopAt += stride) {
        // What the next entry mentions gets the object number that this one's had: it is not to be mistaken for it.
        q.putSync(item(9));
        q.getSync();
        q.putManySync(inside.map(item));
        isDead = await dies(q, [], method, stopAt, ...(method === 'putSync' ? [item(3)] : []));
        const what = `after ${stopAt} operations`;
        // Takes both locks, and mends what was left.
        q.putSync(item(4));
        const rest = drain(q);
        expect(rest.pop(), what).toBe(4);
        expect(possible, what).toContainEqual(rest);
        expect(await chargedEmpty(q, charged), what).toBe(charged);
      }
    }), 120_000);
});
