import { once } from 'node:events';
import { inspect } from 'node:util';
import { Worker } from 'node:worker_threads';
import { inline, sharedBuffer, TargetError } from '@manycore/core';
import { decode, encode } from '@manycore/core/internal';
import { Barrier, BrokenBarrierError } from '@manycore/sync';
import { until } from '@manycore/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { closure, count, countLater, fail, failLater, hang } from './fixtures/barrier-actions.mjs';
import { late } from './fixtures/barrier-awaiting.mjs';

const shelf = globalThis as { actions?: number; endAction?: () => void };
beforeEach(() => {
  shelf.actions = 0;
});

const packed = (value: unknown): Uint8Array => {
  const message = encode(value, 'value');
  return Uint8Array.from(message.bytes.subarray(0, message.length));
};

/** The same barrier as another process would get it. */
const received = (barrier: Barrier): Barrier => {
  const bytes = Buffer.from(packed(barrier));
  return decode(bytes, 0, bytes.length) as Barrier;
};

const caught = (promise: Promise<unknown>): Promise<unknown> => promise.then(String, (error: unknown) => error);

describe('Barrier in one thread', () => {
  it('releases all when the last has come, each with an index of its own in the order of coming, again and again', async () => {
    const barrier = new Barrier(3);
    for (let round = 0; round < 3; round++) {
      const waits = [barrier.wait(), barrier.wait()];
      expect(barrier.nWaiting).toBe(2);
      expect(await Promise.all([...waits, barrier.wait()])).toEqual([0, 1, 2]);
      expect(barrier.nWaiting).toBe(0);
    }
    expect([barrier.parties, barrier.broken]).toEqual([3, false]);
  });

  it('does not let anybody through before the last has come', async () => {
    const barrier = new Barrier(2);
    let isThrough = false;
    const first = barrier.wait().then((index) => {
      isThrough = true;
      return index;
    });
    await new Promise(setImmediate);
    expect(isThrough).toBe(false);
    expect(barrier.waitSync()).toBe(1);
    expect(await first).toBe(0);
  });

  it('of one party lets it through at once, with the action run', async () => {
    const barrier = new Barrier(1, { action: count });
    expect(await barrier.wait()).toBe(0);
    expect(barrier.waitSync()).toBe(0);
    expect(barrier.waitSync({ timeout: 0 })).toBe(0);
    expect(shelf.actions).toBe(3);
  });

  it('takes who comes when it is complete for the next round, before the released have noticed', async () => {
    const barrier = new Barrier(2);
    const waits = [barrier.wait(), barrier.wait(), barrier.wait(), barrier.wait(), barrier.wait()];
    expect(barrier.nWaiting).toBe(1);
    expect(barrier.waitSync()).toBe(1);
    expect(await Promise.all(waits)).toEqual([0, 1, 0, 1, 0]);
  });

  it('breaks for all when a wait times out, at the earliest then, and stays broken until reset()', async () => {
    const barrier = new Barrier(3);
    const other = caught(barrier.wait());
    const start = performance.now();
    await expect(barrier.wait({ timeout: 30 })).rejects.toThrow(BrokenBarrierError);
    expect(performance.now() - start).toBeGreaterThanOrEqual(29);
    expect(await other).toMatchObject({ code: 'ERR_MANYCORE_BROKEN_BARRIER', message: expect.stringContaining('timeout') });
    expect(barrier.broken).toBe(true);
    await expect(barrier.wait()).rejects.toThrow(BrokenBarrierError);
    expect(() => barrier.waitSync()).toThrow(/timeout/);
    expect(barrier.nWaiting).toBe(0);
    barrier.reset();
    expect(barrier.broken).toBe(false);
    expect(await Promise.all([barrier.wait(), barrier.wait(), barrier.wait()])).toEqual([0, 1, 2]);
  });

  it.each([0, -5])('with a timeout of %i breaks unless it is the last', async (timeout) => {
    const barrier = new Barrier(2);
    expect(() => barrier.waitSync({ timeout })).toThrow(BrokenBarrierError);
    barrier.reset();
    await expect(barrier.wait({ timeout })).rejects.toThrow(BrokenBarrierError);
    barrier.reset();
    const first = barrier.wait();
    expect(await barrier.wait({ timeout })).toBe(1);
    expect(await first).toBe(0);
  });

  it("has a timeout for all waits, which a wait's own goes before", async () => {
    const barrier = new Barrier(2, { timeout: 10 });
    await expect(barrier.wait()).rejects.toThrow(BrokenBarrierError);
    barrier.reset();
    expect(() => received(barrier).waitSync({ timeout: undefined })).toThrow(BrokenBarrierError);
    barrier.reset();
    const start = performance.now();
    expect(() => barrier.waitSync({ timeout: 40 })).toThrow(BrokenBarrierError);
    expect(performance.now() - start).toBeGreaterThanOrEqual(39);
    barrier.reset();
    const waiting = barrier.wait({ timeout: Infinity });
    await until(() => barrier.nWaiting === 1, { what: 'the first one to wait' });
    expect(await barrier.wait()).toBe(1);
    expect(await waiting).toBe(0);
  });

  it('rejects with the reason of a signal, and breaks for the others only if it had come', async () => {
    const barrier = new Barrier(3);
    await expect(barrier.wait({ signal: AbortSignal.abort('at once') })).rejects.toBe('at once');
    expect([barrier.broken, barrier.nWaiting]).toEqual([false, 0]);
    const controller = new AbortController();
    const waits = [caught(barrier.wait()), caught(barrier.wait({ signal: controller.signal }))];
    controller.abort('no more');
    expect(await Promise.all(waits)).toEqual([expect.any(BrokenBarrierError), 'no more']);
    expect(barrier.broken).toBe(true);
  });

  it('is broken by abort(), for those who wait and those who come', async () => {
    const barrier = new Barrier(2);
    const waiting = caught(barrier.wait());
    barrier.abort();
    barrier.abort();
    expect(await waiting).toMatchObject({ message: expect.stringContaining('abort()') });
    await expect(barrier.wait()).rejects.toThrow(BrokenBarrierError);
    expect(barrier.broken).toBe(true);
  });

  it('gives those who wait a BrokenBarrierError when it is reset, and is usable, also for who was late to notice', async () => {
    const barrier = new Barrier(2);
    const waiting = caught(barrier.wait());
    barrier.reset();
    expect(barrier.broken).toBe(false);
    const next = [barrier.wait(), barrier.wait()];
    expect(await waiting).toMatchObject({ message: expect.stringContaining('reset()') });
    expect(await Promise.all(next)).toEqual([0, 1]);
    barrier.reset();
    expect(barrier.broken).toBe(false);
  });

  it.each([0, -1, 1.5, 2 ** 31])('refuses %d parties', (parties) => {
    expect(() => new Barrier(parties)).toThrow(RangeError);
  });

  it('refuses what is no number, no options, no function, no timeout', async () => {
    expect(() => new Barrier('2' as never)).toThrow(TypeError);
    expect(() => new Barrier(NaN)).toThrow(TypeError);
    expect(() => new Barrier(2, null as never)).toThrow(TypeError);
    expect(() => new Barrier(2, { action: 5 as never })).toThrow(TypeError);
    expect(() => new Barrier(2, { timeout: NaN })).toThrow(TypeError);
    const barrier = new Barrier(2);
    await expect(barrier.wait({ timeout: '5' as never })).rejects.toThrow(TypeError);
    expect(() => barrier.waitSync(7 as never)).toThrow(TypeError);
    expect(barrier.nWaiting).toBe(0);
  });

  it('shows how many wait, and that it is broken', async () => {
    const barrier = new Barrier(2);
    expect(inspect(barrier)).toBe('<Barrier(0 of 2 waiting)>');
    const waiting = caught(barrier.wait());
    expect(inspect(barrier)).toBe('<Barrier(1 of 2 waiting)>');
    barrier.abort();
    await waiting;
    expect(inspect(barrier)).toBe('<Barrier(0 of 2 waiting, broken)>');
  });
});

describe('the action of a Barrier', () => {
  it.each([
    ['plain', count],
    ['async', countLater],
  ])('that is %s runs once in each round, before anybody goes on', async (_kind, action) => {
    const barrier = new Barrier(2, { action });
    for (let round = 1; round <= 3; round++) {
      const first = barrier.wait().then(() => shelf.actions);
      const second = barrier.wait().then(() => shelf.actions);
      expect(await Promise.all([first, second])).toEqual([round, round]);
    }
  });

  it.each([
    ['throws', fail],
    ['rejects', failLater],
  ])('that %s breaks the barrier; the error goes to the party that ran it', async (_kind, action) => {
    const barrier = new Barrier(2, { action });
    const waits = [caught(barrier.wait()), caught(barrier.wait())];
    expect(await Promise.all(waits)).toEqual([expect.any(BrokenBarrierError), expect.any(RangeError)]);
    expect(barrier.broken).toBe(true);
  });

  it('that throws does so in a blocking wait too, and one that is async is refused there', async () => {
    const failing = new Barrier(2, { action: fail });
    const first = caught(failing.wait());
    expect(() => failing.waitSync()).toThrow('the action failed');
    expect(await first).toBeInstanceOf(BrokenBarrierError);
    const hasty = new Barrier(1, { action: failLater });
    expect(() => hasty.waitSync()).toThrow(TypeError);
    expect(hasty.broken).toBe(true);
  });

  it('lets those who come while it runs wait for its end; they are of the next round', async () => {
    const barrier = new Barrier(2, { action: hang });
    const round = [barrier.wait(), barrier.wait()];
    await until(() => shelf.endAction !== undefined, { what: 'the action to run' });
    expect(inspect(barrier)).toMatch(/^<Barrier\(0 of 2 waiting, action run by this thread/);
    const end = shelf.endAction!;
    delete shelf.endAction;
    const next = [barrier.wait(), caught(barrier.wait())];
    await expect(barrier.wait({ signal: AbortSignal.timeout(5) })).rejects.toThrow(/timeout/);
    expect([barrier.nWaiting, barrier.broken]).toEqual([0, false]);
    end();
    expect(await Promise.all(round)).toEqual([0, 1]);
    await until(() => shelf.endAction !== undefined, { what: 'the next action to run' });
    shelf.endAction!();
    expect(await Promise.all(next)).toEqual([0, '1']);
    delete shelf.endAction;
  });

  it('does not keep a wait beyond its timeout or its signal; the barrier breaks, also for the party that runs it', async () => {
    const barrier = new Barrier(2, { action: hang });
    for (const late of [() => barrier.wait({ timeout: 5 }), () => barrier.waitSync({ timeout: 5 }), () => barrier.abort()]) {
      const round = [caught(barrier.wait()), caught(barrier.wait())];
      await until(() => shelf.endAction !== undefined, { what: 'the action to run' });
      await caught((async () => late())());
      shelf.endAction!();
      delete shelf.endAction;
      expect(await Promise.all(round)).toEqual([expect.any(BrokenBarrierError), expect.any(BrokenBarrierError)]);
      barrier.reset();
    }
    const controller = new AbortController();
    const round = [caught(barrier.wait()), caught(barrier.wait({ signal: controller.signal }))];
    await until(() => shelf.endAction !== undefined, { what: 'the action to run' });
    controller.abort('enough');
    expect(await Promise.all(round)).toEqual([expect.any(BrokenBarrierError), 'enough']);
    shelf.endAction!();
    delete shelf.endAction;
  });

  it('is found by another process whichever form waits there, if it is exported, inline or a task', async () => {
    for (const form of ['wait', 'waitSync'] as const) {
      const exported = received(new Barrier(1, { action: count }));
      expect(await exported[form]()).toBe(0);
      const cells = new Int32Array(sharedBuffer(4).buffer, 0, 1);
      const inlined = received(
        new Barrier(1, {
          action: inline(
            () => {
              cells[0]! += 1;
            },
            { cells },
          ),
        }),
      );
      expect(await inlined[form]()).toBe(0);
      expect(cells[0]).toBe(1);
    }
    expect(shelf.actions).toBe(2);
  });

  it('is refused at once when no other process could find it', () => {
    expect(() => new Barrier(2, { action: closure() })).toThrow(TargetError);
  });

  it('in a module with a top-level await is found by the promise form; a blocking wait says what to do, and the barrier breaks', async () => {
    const barrier = new Barrier(1, { action: late });
    expect(await received(barrier).wait()).toBe(0);
    expect(() => received(barrier).waitSync()).toThrow(TargetError);
    barrier.reset();
    expect(() => received(barrier).waitSync()).toThrow(/top-level await/);
    expect(barrier.broken).toBe(true);
  });
});

describe('Barrier between threads', () => {
  const start = (form: string, value: object): Worker => {
    const worker = new Worker(new URL('./fixtures/worker-meets.mjs', import.meta.url), { workerData: { data: packed(value), form } });
    worker.on('error', (error) => {
      throw error;
    });
    return worker;
  };
  const resultsOf = async (worker: Worker): Promise<unknown[]> => {
    const [[results]] = (await Promise.all([once(worker, 'message'), once(worker, 'exit')])) as [[unknown[]], unknown];
    return results;
  };

  it('meets blocked threads and event loops, a thousand times, with indices that are unique each time', async () => {
    const rounds = 1000;
    const barrier = new Barrier(3);
    const workers = ['sync', 'async', 'sync'].map((form) => resultsOf(start(form, { barrier, rounds })));
    const all = await Promise.all(workers);
    for (let round = 0; round < rounds; round++) expect(all.map((results) => results[round]).sort()).toEqual([0, 1, 2]);
  });

  it('breaks when a party dies that had come, and says who', async () => {
    for (const form of ['sync', 'async']) {
      const barrier = new Barrier(3);
      const worker = start(form, { barrier });
      await until(() => barrier.nWaiting === 1, { what: 'the worker to have come' });
      const waiting = caught(barrier.wait());
      await worker.terminate();
      expect(await waiting).toMatchObject({ code: 'ERR_MANYCORE_BROKEN_BARRIER', message: expect.stringMatching(/died.*Thread.*pid/) });
      expect(barrier.broken).toBe(true);
    }
  });

  it('does not complete with a party that is dead by then, and blocked threads notice a death too', async () => {
    const barrier = new Barrier(2);
    const worker = start('sync', { barrier });
    await until(() => barrier.nWaiting === 1, { what: 'the worker to have come' });
    await worker.terminate();
    expect(() => barrier.waitSync()).toThrow(/died/);

    const three = new Barrier(3);
    const [survivor, victim] = [start('sync', { barrier: three }), start('async', { barrier: three })];
    await until(() => three.nWaiting === 2, { what: 'the workers to have come' });
    const told = resultsOf(survivor);
    await victim.terminate();
    expect(await told).toEqual([expect.stringMatching(/ERR_MANYCORE_BROKEN_BARRIER.*died/)]);
  });

  it('breaks when the party that runs the action dies', async () => {
    const barrier = new Barrier(2, { action: hang });
    const waiting = caught(barrier.wait());
    const worker = start('async', { barrier });
    await until(() => inspect(barrier).includes('action run by'), { what: 'the worker to run the action' });
    await worker.terminate();
    expect(await waiting).toMatchObject({ message: expect.stringContaining('died') });
  });

  it('wakes a blocked thread when another breaks or resets it', async () => {
    for (const end of ['abort', 'reset'] as const) {
      const barrier = new Barrier(2);
      const worker = start('sync', { barrier });
      await until(() => barrier.nWaiting === 1, { what: 'the worker to have come' });
      const told = resultsOf(worker);
      barrier[end]();
      expect(await told).toEqual([expect.stringContaining(`${end}()`)]);
    }
  });
});
