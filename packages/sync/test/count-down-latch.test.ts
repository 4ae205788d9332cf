import { inspect } from 'node:util';
import { CountDownLatch } from '@manycore/sync';
import { describe, expect, it } from 'vitest';
import { workerCalling } from './worker-calling.js';

describe('CountDownLatch', () => {
  it('opens at 0 for everybody who waits, and stays open', async () => {
    const latch = new CountDownLatch(3);
    const waiting = [latch.wait(), latch.wait()];
    latch.countDown();
    expect(latch.count).toBe(2);
    expect(latch.waitSync({ timeout: 0 })).toBe(false);
    expect(await latch.wait({ timeout: -1 })).toBe(false);
    latch.countDown(2);
    expect(await Promise.all(waiting)).toEqual([true, true]);
    expect(latch.waitSync()).toBe(true);
    expect(await latch.wait({ timeout: 0 })).toBe(true);
  });

  it('never goes below 0, and counts by nothing too', () => {
    const latch = new CountDownLatch(2);
    latch.countDown(0);
    expect(latch.count).toBe(2);
    latch.countDown(2 ** 31 - 1);
    latch.countDown();
    expect(latch.count).toBe(0);
  });

  it('of 0 is open at once', async () => {
    const latch = new CountDownLatch(0);
    expect(latch.waitSync()).toBe(true);
    expect(await latch.wait()).toBe(true);
  });

  it('gives false when the time is up, at the earliest then', async () => {
    const latch = new CountDownLatch(1);
    const start = performance.now();
    expect(await latch.wait({ timeout: 30 })).toBe(false);
    expect(latch.waitSync({ timeout: 30 })).toBe(false);
    expect(performance.now() - start).toBeGreaterThanOrEqual(58);
  });

  it('rejects with the reason of the signal', async () => {
    const latch = new CountDownLatch(1);
    const controller = new AbortController();
    const waiting = latch.wait({ signal: controller.signal });
    controller.abort('no more');
    await expect(waiting).rejects.toBe('no more');
    await expect(latch.wait({ signal: AbortSignal.abort('at once') })).rejects.toBe('at once');
  });

  it.each([-1, 0.5, Infinity])('refuses the count %d', (n) => {
    expect(() => new CountDownLatch(n)).toThrow(RangeError);
    const latch = new CountDownLatch(1);
    expect(() => latch.countDown(n)).toThrow(RangeError);
    expect(latch.count).toBe(1);
  });

  it.each([undefined, NaN, '1'])('refuses the count %o', (n) => {
    expect(() => new CountDownLatch(n as never)).toThrow(TypeError);
  });

  it.each([[{ timeout: NaN }], [{ signal: {} }], [7], [null]])('refuses the options %o', async (options) => {
    await expect(new CountDownLatch(1).wait(options as never)).rejects.toThrow(TypeError);
    expect(() => new CountDownLatch(1).waitSync(options as never)).toThrow(TypeError);
  });

  it('shows how many are missing', () => {
    const latch = new CountDownLatch(2);
    expect(inspect(latch)).toBe('<CountDownLatch(2 missing)>');
    latch.countDown(2);
    expect(inspect(latch)).toBe('<CountDownLatch(open)>');
  });

  it('is counted down by threads, and wakes blocked threads and event loops', async () => {
    const latch = new CountDownLatch(2);
    await using blocked = await workerCalling({ latch });
    await using loop = await workerCalling({ latch });
    await using counting = await workerCalling({ latch });
    const waiting = [blocked.call('waitSync'), loop.call('wait'), latch.wait()];
    await counting.call('countDown');
    expect(latch.count).toBe(1);
    latch.countDown();
    expect(await Promise.all(waiting)).toEqual([true, true, true]);
  });

  it('does not mind a waiter that dies', async () => {
    const latch = new CountDownLatch(1);
    const worker = await workerCalling({ latch });
    void worker.call('waitSync');
    await worker.end();
    latch.countDown();
    expect(await latch.wait()).toBe(true);
  });
});
