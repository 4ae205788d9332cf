import { ClosedError, TimeoutError } from '@manycore/core';
import { asCompleted, Future } from '@manycore/futures';
import { describe, expect, it } from 'vitest';
import { caught, range } from './helpers.js';

const futures = (count: number): Future<number>[] => range(count).map(() => new Future<number>());

describe('asCompleted', () => {
  it('gives the futures themselves as they end, those that have first, each once', async () => {
    const [a, b, c, d] = futures(4) as [Future<number>, Future<number>, Future<number>, Future<number>];
    c.setResult(3);
    d.cancel();
    d.setRunningOrNotifyCancel();
    const seen: Future<number>[] = [];
    const reading = (async () => {
      for await (const future of asCompleted([a, b, c, d, a, c])) seen.push(future);
    })();
    await Promise.resolve();
    b.setException(new Error('no'));
    a.setResult(1);
    await reading;
    expect(seen.map((future) => [a, b, c, d].indexOf(future))).toEqual([2, 3, 1, 0]);
    expect(seen.every((future) => future instanceof Future)).toBe(true);
  });

  it('waits for a future that is cancelled until its executor was told', async () => {
    const [future] = futures(1) as [Future<number>];
    future.cancel();
    const step = asCompleted([future]).next();
    future.setRunningOrNotifyCancel();
    expect(await step).toEqual({ done: false, value: future });
  });

  it('takes more futures meanwhile, also from the body of the loop, until it is over', async () => {
    const [first, second, third] = futures(3) as [Future<number>, Future<number>, Future<number>];
    const completions = asCompleted([first]);
    const step = completions.next();
    completions.add(second).add(second);
    second.setResult(2);
    expect((await step).value).toBe(second);
    first.setResult(1);
    third.setResult(3);
    const seen: unknown[] = [];
    for await (const future of completions) {
      if (future === first) completions.add(third).add(first);
      seen.push(await future);
    }
    expect(seen).toEqual([1, 3]);
    expect(() => completions.add(third)).toThrow(ClosedError);
    expect(() => asCompleted([]).add(1 as never)).toThrow(TypeError);
  });

  it('serves several callers in their order, and ends for all of them', async () => {
    const [a, b] = futures(2) as [Future<number>, Future<number>];
    const completions = asCompleted([a, b]);
    const steps = range(4).map(() => completions.next());
    b.setResult(2);
    a.setResult(1);
    expect(await Promise.all(steps)).toEqual([{ done: false, value: b }, { done: false, value: a }, { done: true, value: undefined }, { done: true, value: undefined }]);
  });

  it('says how many are unfinished when the time is up, which is counted from the call', async () => {
    const list = futures(4);
    list[0]!.setResult(0);
    const completions = asCompleted(list, { timeout: 20 });
    await new Promise((resolve) => setTimeout(resolve, 30));
    list[1]!.setResult(1);
    expect([(await completions.next()).value, (await completions.next()).value]).toEqual([list[0], list[1]]);
    const error = (await caught(completions.next())) as TimeoutError;
    expect(TimeoutError.isInstance(error)).toBe(true);
    expect(error.message).toContain('2 (of 4) futures');
    expect((await completions.next()).done).toBe(true);
  });

  it('watches nothing any more once the loop was left, its signal was aborted, or it was disposed of', async () => {
    const list = futures(3);
    const controller = new AbortController();
    const left = asCompleted(list);
    const aborted = asCompleted(list, { signal: controller.signal });
    list[0]!.setResult(0);
    for await (const future of left) if (future === list[0]) break;
    expect((await aborted.next()).value).toBe(list[0]);
    const waiting = caught(aborted.next());
    controller.abort('no');
    expect(await waiting).toBe('no');
    const disposed = asCompleted(list);
    await disposed[Symbol.asyncDispose]();
    list[1]!.setResult(1);
    for (const completions of [left, aborted, disposed]) {
      expect((await completions.next()).done).toBe(true);
      expect(() => completions.add(list[2]!)).toThrow(ClosedError);
    }
  });

  it.skipIf(!('fromAsync' in Array))('works with Array.fromAsync', async () => {
    const list = futures(3);
    for (const [i, future] of list.entries()) future.setResult(i);
    expect(await Array.fromAsync(asCompleted(list))).toEqual(list);
  });

  it('gives a hundred thousand without slowing down', async () => {
    const list = futures(100_000);
    const completions = asCompleted(list);
    for (const future of list) future.setResult(1);
    let count = 0;
    for await (const _future of completions) count++;
    expect(count).toBe(100_000);
  });
});
