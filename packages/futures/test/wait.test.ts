import { ALL_COMPLETED, FIRST_COMPLETED, FIRST_EXCEPTION, Future, wait, type ReturnWhen } from '@manycore/futures';
import { describe, expect, it } from 'vitest';
import { caught, range } from './helpers.js';

const futures = (count: number): Future<number>[] => range(count).map(() => new Future<number>());
const sizes = ({ done, notDone }: { done: Set<unknown>; notDone: Set<unknown> }): number[] => [done.size, notDone.size];

describe('wait', () => {
  it('waits for all, whatever their end, each once', async () => {
    const [a, b, c] = futures(3) as [Future<number>, Future<number>, Future<number>];
    const waiting = wait([a, b, c, a]);
    a.setResult(1);
    b.setException(new Error('no'));
    c.cancel();
    c.setRunningOrNotifyCancel();
    const { done, notDone } = await waiting;
    expect([done, notDone]).toEqual([new Set([a, b, c]), new Set()]);
    expect([...done]).toEqual([a, b, c]);
    expect(sizes(await wait([]))).toEqual([0, 0]);
  });

  it.each<[ReturnWhen, 'result' | 'error' | 'cancel', boolean]>([
    [FIRST_COMPLETED, 'result', true],
    [FIRST_COMPLETED, 'error', true],
    [FIRST_COMPLETED, 'cancel', true],
    [FIRST_EXCEPTION, 'result', false],
    [FIRST_EXCEPTION, 'error', true],
    [FIRST_EXCEPTION, 'cancel', false],
    [ALL_COMPLETED, 'error', false],
  ])('until %s is ended by a first %s: %s, whether that comes before or after the call', async (returnWhen, how, isEnough) => {
    for (const isBefore of [true, false]) {
      const [first, second] = futures(2) as [Future<number>, Future<number>];
      const end = (): void => {
        if (how === 'result') first.setResult(1);
        else if (how === 'error') first.setException(new Error('no'));
        else {
          first.cancel();
          first.setRunningOrNotifyCancel();
        }
      };
      if (isBefore) end();
      const waiting = wait([first, second], { returnWhen, timeout: isEnough ? 10_000 : 5 });
      if (!isBefore) end();
      expect(sizes(await waiting)).toEqual([1, 1]);
      second.setResult(2);
      expect(sizes(await wait([first, second], { returnWhen }))).toEqual([2, 0]);
    }
  });

  it('does not count a future that is cancelled before its executor was told', async () => {
    const [future] = futures(1) as [Future<number>];
    future.cancel();
    expect(sizes(await wait([future], { timeout: 5 }))).toEqual([0, 1]);
    const waiting = wait([future]);
    future.setRunningOrNotifyCancel();
    expect(sizes(await waiting)).toEqual([1, 0]);
  });

  it('just returns when the time is up, and rejects with the reason of its signal', async () => {
    const [future] = futures(1) as [Future<number>];
    expect(sizes(await wait([future], { timeout: 0 }))).toEqual([0, 1]);
    const controller = new AbortController();
    const waiting = caught(wait([future], { signal: controller.signal }));
    controller.abort('no');
    expect(await waiting).toBe('no');
    expect(await caught(wait([future], { signal: AbortSignal.abort('no') }))).toBe('no');
    future.setResult(1);
    expect(sizes(await wait(new Set([future])))).toEqual([1, 0]);
  });

  it('refuses what is no future, and other words for when', async () => {
    for (const bad of [1, undefined, [1], [Promise.resolve(1)]]) expect(await caught(wait(bad as never)), String(bad)).toBeInstanceOf(TypeError);
    expect(await caught(wait([], { returnWhen: 'SOMETIME' as never }))).toBeInstanceOf(TypeError);
    expect(await caught(wait([], { timeout: NaN }))).toBeInstanceOf(TypeError);
  });
});
