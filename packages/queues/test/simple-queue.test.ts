import { ClosedError, SerializationError } from '@manycore/core';
import { READY } from '@manycore/core/internal';
import { QueueEmptyError, SimpleQueue } from '@manycore/queues';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { workerCalling } from './worker-calling.js';

describe('SimpleQueue', () => {
  it('gives items back in order, through every form of put and get', async () => {
    const q = new SimpleQueue<number>();
    expect(q.empty()).toBe(true);
    await q.put(1);
    q.putSync(2);
    q.putNowait(3);
    expect(q.empty()).toBe(false);
    expect([await q.get(), q.getSync(), q.getNowait()]).toEqual([1, 2, 3]);
    expect(q.empty()).toBe(true);
  });

  it('takes what would not fit a pipe without waiting for a getter', () => {
    const q = new SimpleQueue<Uint8Array>();
    for (let i = 0; i < 8; i++) q.putSync(new Uint8Array(1 << 20).fill(i), { timeout: 0 });
    for (let i = 0; i < 8; i++) expect(q.getSync()[12345]).toBe(i);
  });

  it('waits for an item and wakes when it comes, in order of the calls', async () => {
    const q = new SimpleQueue<number>();
    const got = [q.get(), q.get()];
    q.putSync(1);
    q.putSync(2);
    expect(await Promise.all(got)).toEqual([1, 2]);
  });

  it('throws QueueEmptyError when the time is up', async () => {
    const q = new SimpleQueue();
    await expect(q.get({ timeout: 10 })).rejects.toThrow(QueueEmptyError);
    await expect(q.get({ timeout: 0 })).rejects.toThrow(QueueEmptyError);
    expect(() => q.getSync({ timeout: 10 })).toThrow(/SimpleQueue\.getSync: the queue is empty and no item came within 10 ms/);
    expect(() => q.getNowait()).toThrow(QueueEmptyError);
  });

  it('rejects with the reason of the signal, and takes or puts nothing', async () => {
    const q = new SimpleQueue<number>();
    const controller = new AbortController();
    const waiting = q.get({ signal: controller.signal });
    controller.abort('enough');
    await expect(waiting).rejects.toBe('enough');
    await expect(q.put(1, { signal: AbortSignal.abort('at once') })).rejects.toBe('at once');
    expect(q.empty()).toBe(true);
  });

  it('throws from put itself when the item cannot be sent', async () => {
    const q = new SimpleQueue<unknown>();
    await expect(q.put(() => 1)).rejects.toThrow(SerializationError);
    expect(() => q.putSync({ f: () => 1 })).toThrow(/item\.f is a function/);
    expect(q.empty()).toBe(true);
  });

  it.each([[{ timeout: NaN }], [{ signal: 'x' }], [5], [null]])('refuses the options %o', async (options) => {
    const q = new SimpleQueue();
    await expect(q.get(options as never)).rejects.toThrow(TypeError);
    expect(() => q.putSync(1, options as never)).toThrow(TypeError);
    expect(q.empty()).toBe(true);
  });

  it('refuses everything after close, which may be called twice; others go on', async () => {
    const q = new SimpleQueue<unknown>();
    q.putSync(q);
    const other = q.getSync() as SimpleQueue;
    {
      using closing = q;
      closing.close();
    }
    for (const call of [() => q.putSync(1), () => q.getSync(), () => q.getNowait(), () => q.putNowait(1), () => q.empty(), () => other.putSync(q)]) expect(call).toThrow(ClosedError);
    await expect(q.get()).rejects.toThrow(ClosedError);
    await expect(q.put(1)).rejects.toThrow(ClosedError);
    other.putSync(1);
    expect(other.getSync()).toBe(1);
  });

  it('arrives as a SimpleQueue in another thread, and is the same queue', async () => {
    const q = new SimpleQueue<unknown>();
    await using worker = await workerCalling({ q });
    const waiting = worker.call('q', 'getSync');
    q.putSync([q]);
    expect(await waiting).toBe('something shared');
    await worker.call('q', 'putSync', 'from the worker');
    expect(q.getSync()).toBe('from the worker');
    q.putSync(q);
    expect(q.getSync()).toBeInstanceOf(SimpleQueue);
  });

  it('says what it is, and when it is ready', () => {
    const q = new SimpleQueue();
    expect(q[READY]().isReady(false)).toBe(false);
    q.putSync(1);
    expect(q[READY]().isReady(false)).toBe(true);
    expect(inspect(q)).toBe('<SimpleQueue(1 items)>');
    q.close();
    expect(inspect(q)).toBe('<SimpleQueue(closed)>');
  });
});
