import { setImmediate as turn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { ClosedError, lockGraph, memoryUsage, sharedBuffer, TimeoutError } from '@manycore/core';
import { READY, session } from '@manycore/core/internal';
import { JoinableQueue, Queue, QueueEmptyError, QueueError, QueueShutdownError, SimpleQueue } from '@manycore/queues';
import { until } from '@manycore/testing';
import fc from 'fast-check';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { workerCalling } from './worker-calling.js';

const both = [{ redeliver: false }, { redeliver: true }];
const MIB = 2 ** 20;

describe.each(both)('JoinableQueue %o', (options) => {
  it('is a Queue', async () => {
    const q = new JoinableQueue<unknown>(3, options);
    expect(q).toBeInstanceOf(Queue);
    await q.put(1);
    await q.putMany([2, 3]);
    expect([q.qsize(), q.full(), q.empty()]).toEqual([3, true, false]);
    expect([await q.get(), q.getSync(), q.getNowait()]).toEqual([1, 2, 3]);
    q.putManySync([4, 5]);
    expect(await q.getMany(5)).toEqual([4, 5]);
    q.putSync(q);
    expect(q.getManySync(2)[0]).toBeInstanceOf(JoinableQueue);
    expect(() => q.getNowait()).toThrow(QueueEmptyError);
    await expect(q.get({ timeout: 5 })).rejects.toThrow(/^JoinableQueue\.get: /);
  });

  it('joins at once when nothing was put, in every form', async () => {
    const q = new JoinableQueue(0, options);
    await q.join();
    await q.join({ timeout: 0 });
    q.joinSync();
    q.joinSync({ timeout: -1 });
  });

  it('joins once every item is done, and not before', async () => {
    const q = new JoinableQueue<number>(0, options);
    q.putManySync([1, 2]);
    let joined = false;
    const joining = Promise.all([q.join(), q.join({ timeout: 60_000 })]).then(() => (joined = true));
    q.getSync();
    q.taskDone();
    q.getSync();
    await expect(q.join({ timeout: 20 })).rejects.toThrow(TimeoutError);
    expect(joined).toBe(false);
    q.taskDone();
    await joining;
    q.joinSync();
  });

  it('throws TimeoutError when the time is up, at the earliest then, and rejects with the reason of a signal', async () => {
    const q = new JoinableQueue<number>(0, options);
    q.putSync(1);
    const start = performance.now();
    await expect(q.join({ timeout: 30 })).rejects.toThrow(TimeoutError);
    expect(performance.now() - start).toBeGreaterThanOrEqual(29);
    expect(() => q.joinSync({ timeout: 10 })).toThrow(/JoinableQueue\.joinSync: 1 items were not done within 10 ms/);
    expect(() => q.joinSync({ timeout: 0 })).toThrow(TimeoutError);
    await expect(q.join({ timeout: 0 })).rejects.toThrow(TimeoutError);
    const controller = new AbortController();
    const joining = q.join({ signal: controller.signal });
    controller.abort('enough');
    await expect(joining).rejects.toBe('enough');
    await expect(q.join({ signal: AbortSignal.abort('at once') })).rejects.toBe('at once');
  });

  it('throws QueueError for one taskDone too many, and counts as Python does', async () => {
    const q = new JoinableQueue<number>(0, options);
    expect(() => q.taskDone()).toThrow(QueueError);
    q.putManySync([1, 2]);
    // Before it was gotten, too.
    q.taskDone();
    q.getSync();
    q.taskDone();
    expect(() => q.taskDone()).toThrow(QueueError);
    await q.join();
    expect(q.getSync()).toBe(2);
    expect(q.inspect().unfinished).toBe(0);
  });

  it('counts exactly, whatever is put, gotten and done in whatever order', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.record({ put: fc.integer({ min: 0, max: 100_000 }) }), fc.record({ get: fc.integer({ min: 1, max: 9 }) }), fc.constant('done')), { maxLength: 100 }), (steps) => {
        const q = new JoinableQueue<Uint8Array>(0, options);
        const model: Uint8Array[] = [];
        let unfinished = 0;
        for (const [index, step] of steps.entries()) {
          if (step === 'done') {
            if (unfinished === 0) expect(() => q.taskDone()).toThrow(QueueError);
            else {
              q.taskDone();
              unfinished--;
            }
          } else if ('put' in step) {
            const item = new Uint8Array(step.put).fill(index & 255);
            q.putSync(item);
            model.push(item);
            unfinished++;
          } else if (model.length > 0) {
            for (const got of q.getManySync(step.get)) expect(Buffer.compare(got, model.shift() as Uint8Array)).toBe(0);
          }
          expect(q.inspect()).toMatchObject({ size: model.length, unfinished });
        }
      }),
      { numRuns: 40 },
    );
  });

  it('ends join at shutdown({ immediate }) as to what was inside; what was taken is still to be marked', async () => {
    const q = new JoinableQueue<number>(0, options);
    q.putManySync([1, 2, 3]);
    q.getSync();
    const joining = q.join();
    q.shutdown({ immediate: true });
    q.shutdown({ immediate: true });
    expect(q.inspect()).toMatchObject({ size: 0, unfinished: 1, isShutDown: true });
    q.taskDone();
    await joining;
    expect(() => q.taskDone()).toThrow(QueueError);
    expect(() => q.getSync()).toThrow(QueueShutdownError);
    const untouched = new JoinableQueue<number>(0, options);
    untouched.putSync(1);
    const waiting = untouched.join();
    untouched.shutdown({ immediate: true });
    await waiting;
  });

  it('lets what is inside be gotten and done after shutdown()', async () => {
    const q = new JoinableQueue<number>(0, options);
    q.putManySync([1, 2]);
    q.shutdown();
    expect(() => q.putSync(3)).toThrow(/JoinableQueue\.put: the queue was shut down/);
    for await (const _ of q) q.taskDone();
    await q.join();
  });

  it('refuses everything after close', async () => {
    const q = new JoinableQueue<number>(0, options);
    q.close();
    q.close();
    expect(() => q.taskDone()).toThrow(ClosedError);
    expect(() => q.joinSync()).toThrow(ClosedError);
    expect(() => q.inspect()).toThrow(ClosedError);
    await expect(q.join()).rejects.toThrow(ClosedError);
    await expect(q.joinThread()).resolves.toBeUndefined();
  });

  it('carries what an item mentions, intact', async () => {
    const q = new JoinableQueue<{ buffer: Uint8Array; queue: unknown }>(0, options);
    q.putSync({ buffer: sharedBuffer(16).fill(7), queue: q });
    const { buffer, queue } = await q.get();
    expect(buffer).toEqual(new Uint8Array(16).fill(7));
    q.taskDone();
    (queue as JoinableQueue).joinSync();
    buffer[3] = 9;
    expect(buffer[3]).toBe(9);
  });

  it('is joined, blocked, by another thread while this one works, and says meanwhile who waits', async () => {
    const q = new JoinableQueue<number>(0, options);
    q.putManySync([1, 2]);
    await using worker = await workerCalling({ q });
    const joining = worker.call('q', 'joinSync');
    const waits = () => lockGraph().objects.find(({ type }) => type === 'JoinableQueue')?.waiters;
    await until(() => waits()?.length === 1, { what: 'the worker to wait' });
    expect(waits()).toEqual([{ pid: process.pid, name: worker.name, how: 'blocked' }]);
    expect(q.inspect()).toMatchObject({ getters: [], putters: [], unfinished: 2 });
    for (let i = 0; i < 2; i++) {
      q.getSync();
      q.taskDone();
    }
    await joining;
  });

  it('lets another thread mark what this one took', async () => {
    const q = new JoinableQueue<number>(0, options);
    q.putManySync([1, 2]);
    q.getSync();
    q.getSync();
    await using worker = await workerCalling({ q });
    await worker.call('q', 'taskDone');
    q.taskDone();
    await q.join();
  });

  it('says what it is, and when it is ready', () => {
    const q = new JoinableQueue<number>(3, options);
    const ready = q[READY]();
    expect(ready.isReady(true)).toBe(false);
    q.putSync(1);
    expect(ready.isReady(false)).toBe(true);
    expect(inspect(q)).toBe('<JoinableQueue(1 of 3 items)>');
  });
});

describe('JoinableQueue', () => {
  it.each([[-1, undefined, RangeError], ['3', undefined, TypeError], [0, null, TypeError], [0, 5, TypeError], [0, { redeliver: 'yes' }, TypeError]])('refuses (%o, %o)', (size, options, error) => {
    expect(() => new JoinableQueue(size as never, options as never)).toThrow(error);
  });

  it('throws from join when all that is left was taken by the dead, and says by whom; taskDone on their behalf ends that', async () => {
    const q = new JoinableQueue<number>();
    q.putManySync([1, 2, 3]);
    const worker = await workerCalling({ q });
    expect(await worker.call('q', 'getMany', 2)).toEqual([1, 2]);
    await worker.call('q', 'taskDone');
    const joining = q.join();
    const refused = expect(joining).rejects.toThrow(QueueError);
    await worker.end();
    // There is something inside, and then somebody alive has something: that may still be done.
    await expect(q.join({ timeout: 0 })).rejects.toThrow(TimeoutError);
    q.getSync();
    await expect(q.join({ timeout: 0 })).rejects.toThrow(TimeoutError);
    q.taskDone();
    await refused;
    const what = new RegExp(`1 items will never be done.*1 by process ${process.pid} \\(${worker.name.replace('|', '\\|')}\\).*redeliver: true`);
    await expect(q.join({ timeout: 0 })).rejects.toThrow(what);
    expect(() => q.joinSync()).toThrow(what);
    q.taskDone();
    await q.join();
  });

  it('remembers how many the dead took when their slots have other tenants, who take items themselves', async () => {
    const q = new JoinableQueue<number>();
    q.putManySync([1, 2, 3, 4]);
    for (let i = 0; i < 3; i++) {
      const worker = await workerCalling({ q });
      await worker.call('q', 'getSync');
      await worker.end();
    }
    q.getSync();
    q.taskDone();
    expect(() => q.joinSync()).toThrow(/3 items will never be done/);
    for (let i = 0; i < 3; i++) q.taskDone();
    q.joinSync();
    expect(() => q.taskDone()).toThrow(QueueError);
  });
});

describe('JoinableQueue with redelivery', () => {
  const redelivering = <T>(): JoinableQueue<T> => new JoinableQueue<T>(0, { redeliver: true });

  it('gives back to the front what a thread that died had and not marked, in the order it took it, with all it mentions', async () => {
    const q = redelivering<unknown>();
    const inner = new SimpleQueue<string>();
    const big = new Uint8Array(300_000).fill(5);
    q.putManySync(['done', { inner, buffer: sharedBuffer(8).fill(3) }, big, 'last', 'untouched']);
    const worker = await workerCalling({ q });
    for (const item of ['done', 'something shared', 'something shared', 'last']) expect(await worker.call('q', 'getSync')).toEqual(item);
    await worker.call('q', 'taskDone');
    expect(q.inspect()).toMatchObject({ size: 1, unfinished: 4 });
    await worker.end();
    // Nobody announced that death: a call that does not wait looks for it itself.
    const shared = q.getNowait() as { inner: SimpleQueue<string>; buffer: Uint8Array };
    expect(shared.buffer).toEqual(new Uint8Array(8).fill(3));
    shared.inner.putSync('the same');
    expect(inner.getSync()).toBe('the same');
    expect(q.qsize()).toBe(3);
    expect(Buffer.compare(q.getSync() as Uint8Array, big)).toBe(0);
    expect(q.getManySync(5)).toEqual(['last', 'untouched']);
    for (let i = 0; i < 4; i++) q.taskDone();
    await q.join();
    expect(() => q.taskDone()).toThrow(QueueError);
  });

  it('gives back the right items of a thread that worked on several at once and said which were done', async () => {
    const q = redelivering<{ n: number } | string>();
    q.putManySync([{ n: 1 }, 'two', { n: 3 }, 'four', { n: 5 }]);
    const worker = await workerCalling({ q });
    await worker.call('q', 'getMany', 4);
    await worker.call('q', 'get');
    await worker.call('q', 'taskDone', 'four');
    await worker.call('q', 'taskDone', 'two');
    await expect(worker.call('q', 'taskDone', 'two')).rejects.toThrow(/has not gotten such an item/);
    await worker.end();
    const rest = [q.getNowait(), ...q.getManySync(4)];
    expect(rest).toEqual([{ n: 1 }, { n: 3 }, { n: 5 }]);
    for (const item of [rest[2], rest[0]]) q.taskDone(item);
    expect(() => q.taskDone(rest[0])).toThrow(QueueError);
    expect(() => q.taskDone({ n: 3 })).toThrow(QueueError);
    expect(q.inspect().unfinished).toBe(1);
    q.taskDone();
    await q.join();
    expect(() => q.taskDone(rest[1])).toThrow(QueueError);
  });

  it('gives an item back as often as its taker dies', async () => {
    const q = redelivering<{ n: number }>();
    q.putManySync([{ n: 1 }, { n: 2 }]);
    for (let i = 0; i < 4; i++) {
      const worker = await workerCalling({ q });
      expect(await worker.call('q', 'getSync')).toEqual({ n: 1 });
      await worker.end();
    }
    expect([q.getSync(), q.getSync()]).toEqual([{ n: 1 }, { n: 2 }]);
    for (let i = 0; i < 2; i++) q.taskDone();
    q.joinSync();
  });

  it('wakes a getter that waits already, with a promise and blocked', async () => {
    const q = redelivering<number>();
    const [taker, other] = [await workerCalling({ q }), await workerCalling({ q })];
    q.putSync(1);
    await taker.call('q', 'getSync');
    const promised = q.get();
    await taker.end();
    expect(await promised).toBe(1);
    q.taskDone();
    q.putSync(2);
    expect(q.getSync()).toBe(2);
    q.taskDone();
    const third = await workerCalling({ q });
    q.putSync(3);
    await third.call('q', 'getSync');
    const blocked = other.call('q', 'getSync');
    await until(() => q.inspect().getters.length === 1, { what: 'the other to block' });
    await third.end();
    expect(await blocked).toBe(3);
    await other.call('q', 'taskDone');
    q.joinSync();
    await other.end();
  });

  it('counts what will be redelivered in qsize() and empty() once the death is known, and getNowait finds it', async () => {
    const q = redelivering<number>();
    q.putSync(1);
    const worker = await workerCalling({ q });
    await worker.call('q', 'getSync');
    expect([q.qsize(), q.empty()]).toEqual([0, true]);
    await worker.end();
    session().announceDeath();
    expect([q.qsize(), q.empty()]).toEqual([1, false]);
    expect(q[READY]().isReady(false)).toBe(true);
    expect(q.getNowait()).toBe(1);
    expect([q.qsize(), q.empty()]).toEqual([0, true]);
  });

  it('keeps join waiting until what the dead had is done by somebody else', async () => {
    const q = redelivering<number>();
    q.putSync(1);
    const worker = await workerCalling({ q });
    await worker.call('q', 'getSync');
    const joining = q.join();
    await worker.end();
    await expect(q.join({ timeout: 100 })).rejects.toThrow(TimeoutError);
    expect(await q.get()).toBe(1);
    q.taskDone();
    await joining;
  });

  it('lets what comes back after shutdown() still be gotten, and counts it as done after shutdown({ immediate })', async () => {
    const q = redelivering<number>();
    q.putManySync([1, 2]);
    const worker = await workerCalling({ q });
    await worker.call('q', 'getMany', 2);
    q.shutdown();
    expect(() => q.getNowait()).toThrow(QueueShutdownError);
    await worker.end();
    expect(q.getNowait()).toBe(1);
    const joining = q.join();
    q.shutdown({ immediate: true });
    expect(q.inspect()).toMatchObject({ size: 0, unfinished: 1 });
    q.taskDone();
    await joining;
    const ended = redelivering<number>();
    ended.putSync(1);
    const other = await workerCalling({ q: ended });
    await other.call('q', 'getSync');
    ended.shutdown({ immediate: true });
    const waiting = ended.join();
    await other.end();
    await waiting;
    expect(() => ended.getNowait()).toThrow(QueueShutdownError);
  });

  it('gives the memory of an item back when it is done', async () => {
    const q = redelivering<Uint8Array>();
    const round = (): void => {
      for (let i = 0; i < 5; i++) q.putSync(new Uint8Array(2 * MIB).fill(i));
      for (let i = 0; i < 5; i++) expect(q.getSync()[MIB]).toBe(i);
    };
    const mark = (): void => {
      // A small item takes the ring out of its large segment.
      q.putSync(new Uint8Array(1));
      q.getSync();
      for (let i = 0; i < 6; i++) q.taskDone();
    };
    round();
    mark();
    await collectAll();
    const before = memoryUsage();
    round();
    expect(memoryUsage().chargedBytes - before.chargedBytes).toBeGreaterThanOrEqual(10 * MIB);
    mark();
    q.joinSync();
    expect(memoryUsage().chargedBytes).toBeLessThanOrEqual(before.chargedBytes);
    expect(memoryUsage().allocatedBytes - before.allocatedBytes).toBeLessThan(MIB);
  });

  it('lets go of what an item mentions when it is done, and not before', async () => {
    const q = redelivering<Uint8Array>();
    await collectAll();
    const before = memoryUsage().chargedBytes;
    q.putSync(sharedBuffer(8 * MIB));
    q.getSync();
    await collectAll();
    expect(memoryUsage().chargedBytes - before).toBeGreaterThanOrEqual(8 * MIB);
    q.taskDone();
    await collected(() => memoryUsage().chargedBytes - before < MIB, 'the buffer to be given back');
  });

  it('gives everything back with the queue, leases included', async () => {
    await collectAll();
    const before = memoryUsage().chargedBytes;
    (() => {
      const q = redelivering<Uint8Array>();
      q.putSync(new Uint8Array(8 * MIB));
      q.getSync();
      expect(memoryUsage().chargedBytes - before).toBeGreaterThanOrEqual(8 * MIB);
    })();
    await collected(() => memoryUsage().chargedBytes - before < MIB, 'the queue to be given back');
  });
});

setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc') as () => void;

/** Some rounds: what is collected in one may have kept something else alive. */
async function collectAll(): Promise<void> {
  for (let round = 0; round < 5; round++) {
    gc();
    await turn();
  }
}

const collected = (condition: () => boolean, what: string): Promise<unknown> =>
  until(
    async () => {
      gc();
      await turn();
      return condition();
    },
    { what },
  );
