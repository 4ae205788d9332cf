import { InvalidStateError, SerializationError, TargetError, TimeoutError } from '@manycore/core';
import { AsyncResult, Pool } from '@manycore/process';
import { Pipe } from '@manycore/queues';
import { until } from '@manycore/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as tasks from '../fixtures/pool-tasks.mjs';
import { caught, METHODS } from './helpers.js';

describe.each(METHODS)('Pool.apply, %s', (startMethod) => {
  let pool: Pool;
  beforeAll(() => {
    pool = new Pool(2, { startMethod });
  });
  afterAll(() => pool.terminate());

  it('calls a function with arguments in a worker and gives its result', async () => {
    expect(await pool.apply(tasks.add, [1, 2])).toBe(3);
    expect(await pool.applyAsync(tasks.add, ['a', 'b'])).toBe('ab');
    expect(await pool.apply(tasks.argumentCount)).toBe(0);
    expect(await pool.apply(tasks.later, [5])).toBe(5);
    if (startMethod !== 'thread') expect(await pool.apply(tasks.pid)).not.toBe(process.pid);
    expect(await pool.apply(tasks.name)).toMatch(/^PoolWorker-[12]$/);
    expect(await pool.apply(tasks.Point.sum, [{ x: 1, y: 2 }])).toBe(3);
  });

  it('gives the error of the function whole, with where it was called', async () => {
    const error = (await caught(pool.apply(tasks.fail, ['no']))) as RangeError & { code: string; extra: unknown; remote: { processName: string } };
    expect(error).toBeInstanceOf(RangeError);
    expect(error).toMatchObject({ message: 'no', code: 'E_TEST', extra: { a: 1 }, cause: expect.any(TypeError) });
    expect(error.stack).toContain('pool-tasks.mjs');
    expect(error.stack).toContain('apply.test.ts');
    expect(error.remote.processName).toMatch(/^PoolWorker-/);
    expect(await caught(pool.apply(tasks.throwValue, [undefined]))).toBe(undefined);
    expect(await caught(pool.apply(tasks.throwValue, ['text']))).toBe('text');
  });

  it('copies the arguments when it is called, whether or not a worker is free', async () => {
    const values = [1];
    const results = Array.from({ length: 100 }, (_, i) => {
      values[0] = i;
      return pool.apply(tasks.echo, [values]);
    });
    values[0] = -1;
    expect(await Promise.all(results)).toEqual(Array.from({ length: 100 }, (_, i) => [i]));
  });

  it('rejects what cannot be sent, there or back, and goes on', async () => {
    const error = await caught(pool.apply(tasks.echo, [{ onClick: () => 1 }]));
    expect(SerializationError.isInstance(error)).toBe(true);
    expect((error as Error).message).toContain('args[0].onClick');
    const back = await caught(pool.apply(tasks.unsendable));
    expect(SerializationError.isInstance(back)).toBe(true);
    expect((back as Error).message).toContain('result.deep[0]');
    expect(await pool.apply(tasks.add, [1, 1])).toBe(2);
  });

  it('hands over handles, in both directions, as the same objects', async () => {
    const [mine, theirs] = Pipe<string, number>();
    const result = pool.apply(tasks.waitAt, [theirs, 'done']);
    theirs.close();
    expect(await mine.recv()).toBeGreaterThan(0);
    await mine.send('go');
    expect(await result).toBe('done');
    mine.close();
    const [one, other] = await pool.apply(tasks.gate);
    await one.send(1);
    expect(await other.recv()).toBe(1);
    one.close();
    other.close();
  });

  it('takes messages larger than what lies between', async () => {
    const large = new Uint8Array(3_000_000).fill(7);
    const [back, small] = await Promise.all([pool.apply(tasks.echo, [large]), pool.apply(tasks.add, [1, 2])]);
    expect([back.length, back.every((byte: number) => byte === 7), small]).toEqual([3_000_000, true, 3]);
  });

  it('refuses bad arguments at once', () => {
    expect(() => pool.apply((() => 1) as never)).toThrow(TargetError);
    expect(() => pool.apply(1 as never)).toThrow(TypeError);
    expect(() => pool.apply(tasks.add, 1 as never)).toThrow(TypeError);
    for (const options of [{ timeout: NaN }, { timeout: 'x' }, { signal: {} }, { priority: 'high' }, { callback: 1 }, { errorCallback: 1 }, { onProgress: 1 }, null]) {
      expect(() => pool.apply(tasks.add, [1, 2], options as never), JSON.stringify(options)).toThrow(TypeError);
    }
    for (const options of [{ timeout: 0 }, { timeout: -1 }, { retries: -1 }, { retries: 0.5 }]) {
      expect(() => pool.apply(tasks.add, [1, 2], options), JSON.stringify(options)).toThrow(RangeError);
    }
  });

  it('calls exactly one of the callbacks, before the result is ready for others', async () => {
    const seen: unknown[] = [];
    const callback = (value: unknown): void => void seen.push(value, result.ready());
    const errorCallback = (error: unknown): void => void seen.push((error as Error).message, result.ready());
    let result = pool.apply(tasks.add, [1, 2], { callback, errorCallback });
    await result;
    result = pool.apply(tasks.fail, ['bad'], { callback: callback as never, errorCallback }) as never;
    await caught(result);
    expect(seen).toEqual([3, false, 'bad', false]);
  });

  it('keeps what a callback throws from everything else, and warns of it', async () => {
    const warnings: Error[] = [];
    const onWarning = (warning: Error): void => void warnings.push(warning);
    process.on('warning', onWarning);
    try {
      const callback = (): never => {
        throw new Error('of a callback');
      };
      expect(await pool.apply(tasks.add, [1, 2], { callback })).toBe(3);
      expect(await pool.apply(tasks.add, [3, 4])).toBe(7);
      await until(() => warnings.some(({ message }) => message === 'of a callback'), { what: 'the warning' });
    } finally {
      process.off('warning', onWarning);
    }
  });

  it('tells what a task reports, in order, and then its result', async () => {
    const seen: unknown[] = [];
    const result = pool.apply(tasks.report, [[1, { a: 2 }, 3]], { onProgress: ({ value, taskId }) => void seen.push([value, taskId > 0]) });
    expect(await result).toBe(3);
    expect(seen).toEqual([[1, true], [{ a: 2 }, true], [3, true]]);
  });

  it('tells a task who it is', async () => {
    const { id, attempt, workerId } = await pool.apply(tasks.info);
    expect(id).toBeGreaterThan(0);
    expect([attempt, [1, 2].includes(workerId)]).toEqual([1, true]);
    expect((await pool.apply(tasks.info)).id).not.toBe(id);
  });
});

describe('AsyncResult', () => {
  let pool: Pool;
  beforeAll(() => {
    pool = new Pool(1);
  });
  afterAll(() => pool.terminate());

  it('says whether it is there, and how it ended', async () => {
    const [mine, theirs] = Pipe<string, number>();
    const result = pool.apply(tasks.waitAt, [theirs, 1]);
    theirs.close();
    expect(result).toBeInstanceOf(AsyncResult);
    expect(result.ready()).toBe(false);
    expect(() => result.successful()).toThrow(InvalidStateError);
    await result.wait({ timeout: 1 });
    expect(result.ready()).toBe(false);
    expect(TimeoutError.isInstance(await caught(result.get({ timeout: 1 })))).toBe(true);
    await mine.recv();
    await mine.send('go');
    await result.wait();
    expect([result.ready(), result.successful(), await result.get(), await result]).toEqual([true, true, 1, 1]);
    const failing = pool.apply(tasks.fail, ['x']);
    await failing.wait();
    expect(failing.successful()).toBe(false);
    await expect(failing.get()).rejects.toThrow('x');
    mine.close();
  });

  it('can be used as a promise', async () => {
    expect(await pool.apply(tasks.add, [1, 2]).then((x) => x * 2)).toBe(6);
    expect(await pool.apply(tasks.fail, ['x']).catch((error: unknown) => (error as Error).message)).toBe('x');
    let isOver = false;
    await pool.apply(tasks.add, [1, 2]).finally(() => (isOver = true));
    expect(isOver).toBe(true);
    expect(await Promise.all([pool.apply(tasks.add, [1, 2]), pool.apply(tasks.add, [3, 4])])).toEqual([3, 7]);
  });

  it('waits no longer than its signal says, and the call goes on', async () => {
    const [mine, theirs] = Pipe<string, number>();
    const result = pool.apply(tasks.waitAt, [theirs, 1]);
    theirs.close();
    const reason = new Error('enough');
    await expect(result.get({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const controller = new AbortController();
    const waiting = result.wait({ signal: controller.signal });
    controller.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    await expect(result.wait({ timeout: NaN })).rejects.toThrow(TypeError);
    await mine.recv();
    await mine.send('go');
    expect(await result).toBe(1);
    mine.close();
  });
});
