import { once as emitted } from 'node:events';
import { inspect } from 'node:util';
import { Worker } from 'node:worker_threads';
import { SerializationError, sharedBuffer, TimeoutError } from '@manycore/core';
import { decode, encode } from '@manycore/core/internal';
import { Event, Lock, LockError, Once } from '@manycore/sync';
import { until } from '@manycore/testing';
import { describe, expect, it } from 'vitest';

const packed = (value: unknown): Uint8Array => {
  const message = encode(value, 'value');
  return Uint8Array.from(message.bytes.subarray(0, message.length));
};

/** The same object as another process would get it. */
const received = <T>(value: T): T => {
  const bytes = Buffer.from(packed(value));
  return decode(bytes, 0, bytes.length) as T;
};

const unexpected = (): never => {
  throw new Error('run a second time');
};

describe('Once in one thread', () => {
  it('runs the first function alone and gives its value to all, whatever the form', async () => {
    const once = new Once();
    expect(once.done()).toBe(false);
    expect(await Promise.all([once.do(async () => ({ n: 1 })), once.do(unexpected), once.do(unexpected)])).toEqual([{ n: 1 }, { n: 1 }, { n: 1 }]);
    expect(once.done()).toBe(true);
    expect(once.doSync(unexpected)).toEqual({ n: 1 });
    expect(await received(once).do(unexpected)).toEqual({ n: 1 });
    const blocked = new Once();
    expect(blocked.doSync(() => [1, 2])).toEqual([1, 2]);
    expect(received(blocked).doSync(unexpected as () => number[])).toEqual([1, 2]);
  });

  it('gives a clone each time, and keeps undefined', async () => {
    const once = new Once();
    const mine = await once.do(() => ({ list: [1] }));
    mine.list.push(2);
    const other: { list: number[] } = await once.do(unexpected);
    other.list.push(3);
    expect(await once.do(unexpected)).toEqual({ list: [1] });
    const empty = new Once();
    expect(empty.doSync(() => undefined)).toBeUndefined();
    expect([empty.done(), empty.doSync(unexpected)]).toEqual([true, undefined]);
  });

  it('gives values of any size', async () => {
    const once = new Once();
    const text = 'manycore '.repeat(100_000);
    await once.do(() => text);
    expect(received(once).doSync(unexpected)).toBe(text);
  });

  it('gives objects of ours as the same shared objects, which live as long as it does', async () => {
    const once = new Once();
    await once.do(() => ({ lock: new Lock(), ready: new Event() }));
    (globalThis as { gc?: () => void }).gc?.();
    const one: { lock: Lock; ready: Event } = await once.do(unexpected);
    const other: { lock: Lock; ready: Event } = received(once).doSync(unexpected);
    one.lock.acquireSync();
    one.ready.set();
    expect([other.lock.tryAcquire(), other.ready.isSet()]).toEqual([false, true]);
  });

  it('gives an error to its caller alone; the next one waiting runs its own function', async () => {
    const once = new Once();
    const calls = [
      once.do(() => Promise.reject(new RangeError('mine'))),
      once.do(() => {
        throw new RangeError('mine too');
      }),
      once.do(() => 3),
      once.do(() => 4),
    ];
    expect(await Promise.allSettled(calls)).toMatchObject([
      { status: 'rejected', reason: { message: 'mine' } },
      { status: 'rejected', reason: { message: 'mine too' } },
      { status: 'fulfilled', value: 3 },
      { status: 'fulfilled', value: 3 },
    ]);
    const blocked = new Once();
    expect(() =>
      blocked.doSync(() => {
        throw new RangeError('mine');
      }),
    ).toThrow('mine');
    expect(blocked.done()).toBe(false);
    expect(blocked.doSync(() => 5)).toBe(5);
  });

  it('refuses a value that cannot be sent, and stays undone', async () => {
    const once = new Once();
    await expect(once.do(() => ({ fn: () => 1 }))).rejects.toThrow(SerializationError);
    expect(() => once.doSync(() => Symbol('no'))).toThrow(SerializationError);
    expect(() => once.doSync(() => Promise.reject(new Error('dropped')))).toThrow(/returned a promise/);
    expect(once.done()).toBe(false);
    expect(await once.do(() => 'at last')).toBe('at last');
  });

  it('throws a TimeoutError when the value is late, at the earliest then; the run itself has no limit', async () => {
    const once = new Once();
    let end: (value: number) => void = unexpected;
    const running = once.do(() => new Promise<number>((resolve) => (end = resolve)), { timeout: 1 });
    const start = performance.now();
    await expect(once.do(unexpected, { timeout: 30 })).rejects.toThrow(TimeoutError);
    expect(performance.now() - start).toBeGreaterThanOrEqual(29);
    await expect(once.do(unexpected, { timeout: 0 })).rejects.toThrow(/run by this thread/);
    end(7);
    expect(await running).toBe(7);
    expect(await once.do(unexpected, { timeout: 0 })).toBe(7);
  });

  it('rejects with the reason of a signal, and runs nothing', async () => {
    const once = new Once();
    await expect(once.do(unexpected, { signal: AbortSignal.abort('at once') })).rejects.toBe('at once');
    let end: (value: number) => void = unexpected;
    const running = once.do(() => new Promise<number>((resolve) => (end = resolve)));
    const controller = new AbortController();
    const waiting = once.do(unexpected, { signal: controller.signal });
    controller.abort('no more');
    await expect(waiting).rejects.toBe('no more');
    end(8);
    expect(await running).toBe(8);
  });

  it('refuses to wait for itself', async () => {
    const once = new Once();
    expect(() => once.doSync(() => once.doSync(() => 1))).toThrow(LockError);
    await expect(once.do(async () => once.doSync(() => 1))).rejects.toThrow(/would wait for itself/);
    expect(once.doSync(() => 2)).toBe(2);
  });

  it('refuses what is no function and what are no options', async () => {
    const once = new Once();
    await expect(once.do(5 as never)).rejects.toThrow(TypeError);
    expect(() => once.doSync(undefined as never)).toThrow(TypeError);
    await expect(once.do(() => 1, { timeout: NaN })).rejects.toThrow(TypeError);
    expect(() => once.doSync(() => 1, null as never)).toThrow(TypeError);
    expect(once.done()).toBe(false);
  });

  it('shows who runs it, and that it is done', () => {
    const once = new Once();
    expect(inspect(once)).toBe('<Once(idle)>');
    expect(once.doSync(() => inspect(once))).toBe(`<Once(running by this thread, MainProcess (pid ${process.pid}))>`);
    expect(inspect(once)).toBe('<Once(done)>');
  });
});

describe('Once between threads', () => {
  const start = (form: string, value: object): Worker => {
    const worker = new Worker(new URL('./fixtures/worker-once.mjs', import.meta.url), { workerData: { data: packed(value), form } });
    worker.on('error', (error) => {
      throw error;
    });
    return worker;
  };

  it('is run by one of all, blocked or not', async () => {
    const once = new Once();
    const runs = new Int32Array(sharedBuffer(4).buffer, 0, 1);
    const workers = ['sync', 'async', 'sync'].map((form) => start(form, { once, runs }));
    const told = await Promise.all(
      workers.map(async (worker) => {
        const [[value]] = await Promise.all([emitted(worker, 'message'), emitted(worker, 'exit')]);
        return value as unknown;
      }),
    );
    expect(runs[0]).toBe(1);
    expect(told).toEqual([told[0], told[0], told[0]]);
    expect(await once.do(unexpected)).toEqual(told[0]);
  });

  it('is run by the next one when the thread that ran it dies', async () => {
    for (const form of ['do', 'doSync'] as const) {
      const once = new Once();
      const worker = start('hang', { once, runs: undefined });
      await emitted(worker, 'message');
      expect(inspect(once)).toMatch(/^<Once\(running by .*Thread/);
      expect(() => once.doSync(unexpected, { timeout: 0 })).toThrow(TimeoutError);
      const waiting = form === 'do' ? once.do(() => form) : undefined;
      await worker.terminate();
      expect(await (waiting ?? once.doSync(() => form))).toBe(form);
      await until(() => once.done(), { what: 'it to be done' });
    }
  });
});
