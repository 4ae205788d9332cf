import { setImmediate as turn } from 'node:timers/promises';
import { ClosedError, configure, InvalidStateError, memoryUsage, OutOfMemoryError, registerReducer, SerializationError, sharedBuffer, transfer } from '@manycore/core';
import { READY } from '@manycore/core/internal';
import { Queue, QueueEmptyError, QueueFullError, QueueShutdownError } from '@manycore/queues';
import fc from 'fast-check';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';

class Spoilt {}
registerReducer(Spoilt, () => 0, () => {
  throw new Error('spoilt');
});

describe('Queue in one thread', () => {
  it('gives items back in order, through every form of put and get', async () => {
    const q = new Queue<number>();
    await q.put(1);
    q.putSync(2);
    q.putNowait(3);
    await q.putMany([4, 5]);
    q.putManySync(new Set([6, 7]));
    expect(q.qsize()).toBe(7);
    expect([await q.get(), q.getSync(), q.getNowait()]).toEqual([1, 2, 3]);
    expect(await q.getMany(3)).toEqual([4, 5, 6]);
    expect(q.getManySync(10)).toEqual([7]);
    expect(q.empty()).toBe(true);
  });

  it('behaves as an array does, whatever is put and gotten in whatever order and size', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.record({ put: fc.integer({ min: 0, max: 300_000 }) }), fc.record({ get: fc.integer({ min: 1, max: 20 }) })), { maxLength: 120 }), (steps) => {
        const q = new Queue<Uint8Array>();
        const model: Uint8Array[] = [];
        for (const [index, step] of steps.entries()) {
          if ('put' in step) {
            const item = new Uint8Array(step.put).fill(index & 255);
            q.putSync(item);
            model.push(item);
          } else {
            for (let i = 0; i < step.get && model.length > 0; i++) {
              const got = q.getNowait();
              expect(Buffer.compare(got, model.shift() as Uint8Array)).toBe(0);
            }
          }
          expect(q.qsize()).toBe(model.length);
          expect(q.empty()).toBe(model.length === 0);
        }
      }),
      { numRuns: 60 },
    );
  });

  it.each([0, 1, 7, 8, 511, 512, 513, 65_527, 65_536, 1 << 20, 64 << 20])('carries an item of %i bytes whole', (bytes) => {
    const q = new Queue<Uint8Array>();
    const item = new Uint8Array(bytes);
    for (let i = 0; i < bytes; i += 997) item[i] = i % 251;
    q.putSync(item);
    expect(Buffer.compare(q.getSync(), item)).toBe(0);
  });

  it('gives memory back when a large backlog was taken', () => {
    const q = new Queue<Uint8Array>();
    const before = memoryUsage();
    for (let i = 0; i < 200; i++) q.putSync(new Uint8Array(1 << 20).fill(i));
    expect(memoryUsage().allocatedBytes - before.allocatedBytes).toBeGreaterThan(200 << 20);
    for (let i = 0; i < 200; i++) expect(q.getSync()[99]).toBe(i);
    // The producer leaves the large segment with its next item, the consumer behind it.
    q.putSync(new Uint8Array(1));
    q.getSync();
    const after = memoryUsage();
    expect(after.allocatedBytes - before.allocatedBytes).toBeLessThan(8 << 20);
    expect(after.chargedBytes - before.chargedBytes).toBeLessThan(8 << 20);
  });

  it('carries undefined, null and what is like an error as items', async () => {
    const q = new Queue<unknown>();
    await q.putMany([undefined, null, new RangeError('x'), NaN]);
    expect(await q.get()).toBeUndefined();
    expect(q.getSync()).toBeNull();
    expect(await q.get()).toBeInstanceOf(RangeError);
    expect(q.getNowait()).toBeNaN();
  });

  it('is sent through itself and arrives as the same queue', () => {
    const q = new Queue<unknown>();
    q.putSync({ deep: [q] });
    const other = (q.getSync() as { deep: Queue[] }).deep[0] as Queue;
    other.putSync('through the other');
    expect(q.getSync()).toBe('through the other');
  });

  it('keeps what an item mentions alive while only the queue holds it', async () => {
    const q = new Queue<Uint8Array>();
    q.putSync(sharedBuffer(16).fill(9));
    for (let i = 0; i < 5; i++) {
      globalThis.gc?.();
      await turn();
    }
    expect(q.getSync()).toEqual(new Uint8Array(16).fill(9));
  });

  it('waits for an item and wakes when it comes, in order of the calls', async () => {
    const q = new Queue<number>();
    const got = [q.get(), q.get(), q.get()];
    q.putManySync([1, 2, 3]);
    expect(await Promise.all(got)).toEqual([1, 2, 3]);
  });

  it('waits for room and wakes when it comes, in order of the calls', async () => {
    const q = new Queue<number>(1);
    q.putSync(0);
    expect(q.full()).toBe(true);
    const puts = [q.put(1), q.put(2)];
    expect(await q.get()).toBe(0);
    expect(await q.get()).toBe(1);
    expect(await q.get()).toBe(2);
    await Promise.all(puts);
  });

  it('clones at the call: what happens to the item while put waits is not seen', async () => {
    const q = new Queue<unknown>(1);
    q.putSync('first');
    const item = { n: 1 };
    const waiting = q.put(item);
    item.n = 2;
    q.getSync();
    await waiting;
    expect(q.getSync()).toEqual({ n: 1 });
  });

  it('detaches what transfer() gives away only once it is in the queue', async () => {
    const q = new Queue<Uint8Array>(1);
    q.putSync(new Uint8Array(1));
    const given = new Uint8Array([1, 2, 3]);
    expect(() => q.putNowait(transfer(given))).toThrow(QueueFullError);
    expect(given.length).toBe(3);
    const waiting = q.put(transfer(given));
    q.getSync();
    await waiting;
    expect(given.length).toBe(0);
    expect(q.getSync()).toEqual(new Uint8Array([1, 2, 3]));
  });

  it('throws QueueEmptyError and QueueFullError when the time is up, at the earliest then', async () => {
    const q = new Queue<number>(1);
    const start = performance.now();
    await expect(q.get({ timeout: 50 })).rejects.toThrow(QueueEmptyError);
    expect(performance.now() - start).toBeGreaterThanOrEqual(49);
    expect(() => q.getSync({ timeout: 10 })).toThrow(QueueEmptyError);
    expect(() => q.getNowait()).toThrow(QueueEmptyError);
    await expect(q.get({ timeout: 0 })).rejects.toThrow(QueueEmptyError);
    await expect(q.get({ timeout: -1 })).rejects.toThrow(QueueEmptyError);
    q.putSync(1);
    await expect(q.put(2, { timeout: 20 })).rejects.toThrow(QueueFullError);
    expect(() => q.putSync(2, { timeout: 10 })).toThrow(QueueFullError);
    expect(() => q.putNowait(2)).toThrow(QueueFullError);
    expect(q.qsize()).toBe(1);
  });

  it('rejects with the reason of the signal, and takes nothing', async () => {
    const q = new Queue<number>();
    const controller = new AbortController();
    const waiting = q.get({ signal: controller.signal });
    const reason = new Error('enough');
    controller.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    await expect(q.get({ signal: AbortSignal.abort('at once') })).rejects.toBe('at once');
    q.putSync(5);
    expect(q.qsize()).toBe(1);
    expect(await q.get()).toBe(5);
  });

  it('passes a wake-up on when the getter it was meant for leaves', async () => {
    const q = new Queue<number>();
    const controller = new AbortController();
    const leaving = q.get({ signal: controller.signal }).catch(() => 'left');
    const staying = q.get();
    q.putSync(1);
    controller.abort();
    expect(await leaving).toBe('left');
    expect(await staying).toBe(1);
  });

  it('ends for everybody at shutdown: puts at once, gets when it is empty', async () => {
    const q = new Queue<number>();
    q.putSync(1);
    q.shutdown();
    q.shutdown();
    expect(() => q.putSync(2)).toThrow(QueueShutdownError);
    await expect(q.put(2)).rejects.toThrow(QueueShutdownError);
    expect(await q.get()).toBe(1);
    await expect(q.get()).rejects.toThrow(QueueShutdownError);
    expect(() => q.getNowait()).toThrow(QueueShutdownError);
  });

  it('ends waiting gets and puts at shutdown', async () => {
    const q = new Queue<number>(1);
    const getting = q.get();
    q.shutdown();
    await expect(getting).rejects.toThrow(QueueShutdownError);
    const full = new Queue<number>(1);
    full.putSync(1);
    const putting = full.put(2);
    full.shutdown({ immediate: true });
    await expect(putting).rejects.toThrow(QueueShutdownError);
    expect(() => full.getSync()).toThrow(QueueShutdownError);
    expect(full.qsize()).toBe(0);
  });

  it('is iterated until it is shut down and empty', async () => {
    const q = new Queue<number>();
    q.putManySync([1, 2, 3]);
    q.shutdown();
    const seen: number[] = [];
    for await (const item of q) seen.push(item);
    expect(seen).toEqual([1, 2, 3]);
  });

  it('refuses everything after close, which may be called twice', async () => {
    const q = new Queue<number>();
    await expect(q.joinThread()).rejects.toThrow(InvalidStateError);
    q.close();
    q.close();
    await q.joinThread();
    q.cancelJoinThread();
    const calls = [() => q.putSync(1), () => q.putNowait(1), () => q.putManySync([1]), () => q.getSync(), () => q.getNowait(), () => q.getManySync(1), () => q.qsize(), () => q.empty(), () => q.full()];
    for (const call of [...calls, () => q.shutdown(), () => q.inspect(), () => q[READY](), () => new Queue().putSync(q)]) expect(call).toThrow(ClosedError);
    for (const call of [q.put(1), q.putMany([1]), q.get(), q.getMany(1), q[Symbol.asyncIterator]().next()]) await expect(call).rejects.toThrow(ClosedError);
    expect(inspect(q)).toBe('<Queue(0 items, closed)>');
  });

  it('goes on for others after close, and is closed by using', async () => {
    const q = new Queue<unknown>();
    q.putSync(q);
    const other = q.getSync() as Queue;
    {
      using closing = q;
      closing.putSync(1);
    }
    expect(() => q.getSync()).toThrow(ClosedError);
    {
      await using closing = other;
      expect(await closing.get()).toBe(1);
    }
    await expect(other.get()).rejects.toThrow(ClosedError);
  });

  it('puts several items until the time is up, and says how many', async () => {
    const q = new Queue<number>(2);
    await expect(q.putMany([1, 2, 3], { timeout: 10 })).rejects.toThrow(/putMany: the queue is full and no room came within 10 ms\. 2 items were put before/);
    expect(() => q.putManySync([3], { timeout: 0 })).toThrow(QueueFullError);
    expect(() => q.putManySync(5 as never)).toThrow(TypeError);
    await expect(q.putMany(null as never)).rejects.toThrow(TypeError);
    expect(await q.getMany(Infinity)).toEqual([1, 2]);
  });

  it.each([[0, RangeError], [1.5, RangeError], [NaN, TypeError], ['1', TypeError]])('refuses getMany(%o)', async (max, error) => {
    const q = new Queue<number>();
    await expect(q.getMany(max as number)).rejects.toThrow(error);
    expect(() => q.getManySync(max as number)).toThrow(error);
  });

  it.each(['promise', 'blocked'] as const)('loses nothing of a batch but what cannot be decoded, which the next call tells (%s)', async (form) => {
    const q = new Queue<unknown>();
    const taken: unknown[] = [];
    const getMany = async (max: number): Promise<unknown> => {
      try {
        const some = form === 'promise' ? await q.getMany(max, { timeout: 10_000 }) : q.getManySync(max, { timeout: 10_000 });
        taken.push(...some);
        return some.length;
      } catch (error) {
        return (error as Error).message;
      }
    };
    q.putManySync([new Spoilt(), 1, 2, new Spoilt(), 3, new Spoilt()]);
    const failure = expect.stringContaining('spoilt') as string;
    expect([await getMany(10), await getMany(10), await getMany(1), await getMany(1), await getMany(10)]).toEqual([failure, 2, failure, 1, failure]);
    expect([taken, q.qsize()]).toEqual([[1, 2, 3], 0]);
    // A call that waits already gets what the other one left.
    const waiting = form === 'promise' ? [getMany(10), getMany(10)] : [];
    q.putManySync([new Spoilt(), 4]);
    expect(await Promise.all(form === 'promise' ? waiting : [getMany(10), getMany(10)])).toEqual([failure, 1]);
  });

  it('throws QueueEmptyError from getMany when the time is up', async () => {
    const q = new Queue<number>();
    await expect(q.getMany(3, { timeout: 5 })).rejects.toThrow(QueueEmptyError);
    expect(() => q.getManySync(3, { timeout: 5 })).toThrow(QueueEmptyError);
  });

  it('is ready when a get would find an item or the end', () => {
    const q = new Queue<number>();
    const ready = q[READY]();
    expect(ready.isReady(true)).toBe(false);
    q.putSync(1);
    expect(ready.isReady(false)).toBe(true);
    q.getSync();
    expect(ready.isReady(false)).toBe(false);
    q.shutdown();
    expect(ready.isReady(false)).toBe(true);
    expect(() => q.shutdown(null as never)).toThrow(TypeError);
  });

  it('throws from put itself when the item cannot be sent, and puts nothing', async () => {
    const q = new Queue<unknown>();
    expect(() => q.putSync({ onClick: () => 1 })).toThrow(SerializationError);
    await expect(q.put({ onClick: () => 1 })).rejects.toThrow(/item\.onClick is a function/);
    await expect(q.putMany([1, Symbol('x')])).rejects.toThrow(/items\[1\]/);
    expect(q.qsize()).toBe(1);
  });

  it.each([
    ['a negative size', -1, RangeError],
    ['a fraction', 1.5, RangeError],
    ['NaN', NaN, TypeError],
    ['a string', '3', TypeError],
    ['null', null, TypeError],
  ])('refuses %s', (_, size, error) => {
    expect(() => new Queue(size as number)).toThrow(error);
  });

  it.each([[{ timeout: NaN }], [{ timeout: '5' }], [{ signal: 'x' }], [5], [null]])('refuses the options %o', async (options) => {
    const q = new Queue();
    await expect(q.get(options as never)).rejects.toThrow(TypeError);
    expect(() => q.putSync(1, options as never)).toThrow(TypeError);
    expect(q.qsize()).toBe(0);
  });

  it('says what it is', () => {
    const q = new Queue(3);
    q.putSync(1);
    expect(inspect(q)).toBe('<Queue(1 of 3 items)>');
  });

  it('refuses a configuration that comes too late', () => {
    new Queue();
    expect(() => configure({ memoryLimit: 2 ** 30 })).toThrow(InvalidStateError);
    expect(OutOfMemoryError.isInstance(new OutOfMemoryError('x'))).toBe(true);
  });
});
