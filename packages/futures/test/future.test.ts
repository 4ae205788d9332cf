import { CancelledError, InvalidStateError, TimeoutError } from '@manycore/core';
import { Future, type FutureOwner } from '@manycore/futures';
import { describe, expect, it, vi } from 'vitest';
import { caught } from './helpers.js';

const inspectOf = (future: Future<unknown>): string => (future as unknown as Record<symbol, () => string>)[Symbol.for('nodejs.util.inspect.custom')]!();

/** An owner whose answers a test decides. */
const owner = (answers: Partial<FutureOwner> = {}): FutureOwner => ({ cancel: () => true, hasBegun: () => false, abort: () => undefined, ...answers });

/** Futures in each state, made as executors make them. */
const inState = {
  PENDING: () => new Future<number>(),
  RUNNING: () => {
    const future = new Future<number>();
    expect(future.setRunningOrNotifyCancel()).toBe(true);
    return future;
  },
  CANCELLED: () => {
    const future = new Future<number>();
    future.cancel();
    return future;
  },
  CANCELLED_AND_NOTIFIED: () => {
    const future = inState.CANCELLED();
    expect(future.setRunningOrNotifyCancel()).toBe(false);
    return future;
  },
  FINISHED: () => {
    const future = inState.RUNNING();
    future.setResult(1);
    return future;
  },
} as const;
type State = keyof typeof inState;
const outcomeOf = (call: () => unknown): unknown => {
  try {
    return call();
  } catch (error) {
    return InvalidStateError.isInstance(error) ? 'InvalidStateError' : error;
  }
};

describe('a future', () => {
  it.each<[State, boolean, boolean, boolean]>([
    // cancelled, running, done
    ['PENDING', false, false, false],
    ['RUNNING', false, true, false],
    ['CANCELLED', true, false, true],
    ['CANCELLED_AND_NOTIFIED', true, false, true],
    ['FINISHED', false, false, true],
  ])('that is %s says so', (state, cancelled, running, done) => {
    const future = inState[state]();
    expect([future.state, future.cancelled(), future.running(), future.done()]).toEqual([state, cancelled, running, done]);
    expect(inspectOf(future)).toBe(`<Future ${state}${state === 'FINISHED' ? ' well' : ''}>`);
  });

  it.each<[State, unknown, State]>([
    ['PENDING', true, 'CANCELLED'],
    ['RUNNING', false, 'RUNNING'],
    ['CANCELLED', true, 'CANCELLED'],
    ['CANCELLED_AND_NOTIFIED', true, 'CANCELLED_AND_NOTIFIED'],
    ['FINISHED', false, 'FINISHED'],
  ])('that is %s answers cancel() with %s and is %s then', (state, answer, next) => {
    const future = inState[state]();
    expect([future.cancel(), future.state]).toEqual([answer, next]);
  });

  it.each<[State, unknown, State]>([
    ['PENDING', true, 'RUNNING'],
    ['RUNNING', 'InvalidStateError', 'RUNNING'],
    ['CANCELLED', false, 'CANCELLED_AND_NOTIFIED'],
    ['CANCELLED_AND_NOTIFIED', 'InvalidStateError', 'CANCELLED_AND_NOTIFIED'],
    ['FINISHED', 'InvalidStateError', 'FINISHED'],
  ])('that is %s answers setRunningOrNotifyCancel() with %s and is %s then', (state, answer, next) => {
    const future = inState[state]();
    expect([outcomeOf(() => future.setRunningOrNotifyCancel()), future.state]).toEqual([answer, next]);
  });

  it.each<[State, boolean]>([
    ['PENDING', true],
    ['RUNNING', true],
    ['CANCELLED', false],
    ['CANCELLED_AND_NOTIFIED', false],
    ['FINISHED', false],
  ])('that is %s takes a result or an error: %s', async (state, takes) => {
    const [one, other] = [inState[state](), inState[state]()];
    expect([outcomeOf(() => one.setResult(2)), outcomeOf(() => other.setException(new RangeError('no')))]).toEqual(takes ? [undefined, undefined] : ['InvalidStateError', 'InvalidStateError']);
    if (!takes) return;
    expect([one.state, await one, await one.result(), await one.exception()]).toEqual(['FINISHED', 2, 2, null]);
    expect(await caught(other)).toBeInstanceOf(RangeError);
    expect(await other.exception()).toBeInstanceOf(RangeError);
    expect(inspectOf(other)).toBe('<Future FINISHED failed>');
  });

  it.each(['CANCELLED', 'CANCELLED_AND_NOTIFIED'] as const)('that is %s gives CancelledError to whoever asks', async (state) => {
    for (const ask of [(future: Future<number>) => future, (future: Future<number>) => future.result(), (future: Future<number>) => future.exception(), (future: Future<number>) => future.result({ timeout: 0 })]) {
      expect(CancelledError.isInstance(await caught(ask(inState[state]())))).toBe(true);
    }
  });

  it('tells those who wait when it is cancelled', async () => {
    const future = inState.PENDING();
    const waiting = [caught(future), caught(future.result()), caught(future.exception())];
    const calls: string[] = [];
    future.addDoneCallback(({ state }) => calls.push(state));
    future.cancel();
    future.setRunningOrNotifyCancel();
    for (const error of await Promise.all(waiting)) expect(CancelledError.isInstance(error)).toBe(true);
    expect(calls).toEqual(['CANCELLED']);
  });

  it('is a thenable, and keeps what was thrown', async () => {
    const [good, bad] = [new Future<number>(), new Future<number>()];
    const finals: string[] = [];
    const all = Promise.all([good.then((x) => x + 1), bad.then(undefined, String), bad.catch((error: unknown) => error), good.finally(() => finals.push('good'))]);
    good.setResult(1);
    bad.setException('text');
    expect(await all).toEqual([2, 'text', 'text', 1]);
    expect([finals, String(good)]).toEqual([['good'], '[object Future]']);
    const ofUndefined = new Future();
    ofUndefined.setException(undefined);
    expect([await caught(ofUndefined), await ofUndefined.exception()]).toEqual([undefined, undefined]);
  });

  it('refuses bad options of a wait, and what is no callback', async () => {
    const future = inState.FINISHED();
    for (const options of [{ timeout: NaN }, { timeout: '1' }, { signal: {} }, 1, null]) expect(await caught(future.result(options as never)), JSON.stringify(options)).toBeInstanceOf(TypeError);
    expect(() => future.addDoneCallback(undefined as never)).toThrow(TypeError);
  });

  it('gives up waiting when the time is up or the signal is aborted, and stays as it is', async () => {
    const future = inState.RUNNING();
    const controller = new AbortController();
    const [timedOut, aborted] = [caught(future.result({ timeout: 5 })), caught(future.exception({ signal: controller.signal }))];
    controller.abort('no more');
    expect(TimeoutError.isInstance(await timedOut)).toBe(true);
    expect(await aborted).toBe('no more');
    future.setResult(3);
    expect(await future.result({ timeout: 0 })).toBe(3);
  });

  it('aborts with an error as it is, and with anything else as the cause of a CancelledError', async () => {
    const reasons = [new RangeError('no'), new DOMException('stop', 'AbortError')];
    for (const reason of reasons) {
      const future = inState.RUNNING();
      expect(future.abort(reason)).toBe(true);
      expect(await caught(future)).toBe(reason);
    }
    const [word, nothing] = [inState.PENDING(), inState.PENDING()];
    word.abort('word');
    nothing.abort();
    expect(await caught(word)).toMatchObject({ code: 'ERR_MANYCORE_CANCELLED', cause: 'word' });
    expect(await caught(nothing)).not.toHaveProperty('cause');
    expect([word.cancelled(), word.state, word.abort(), inState.CANCELLED().abort(), inState.FINISHED().abort()]).toEqual([false, 'FINISHED', false, false, false]);
  });

  it('runs callbacks of a callback, and goes on behind one that throws', async () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined);
    try {
      const future = inState.PENDING();
      const calls: string[] = [];
      future.addDoneCallback((ended) => {
        calls.push('a');
        ended.addDoneCallback(() => calls.push('inner'));
      });
      future.addDoneCallback(() => {
        throw new RangeError('of a callback');
      });
      future.addDoneCallback(() => calls.push('c'));
      future.setResult(1);
      expect([calls, warn.mock.calls.map(([warning]) => String(warning))]).toEqual([['a', 'inner', 'c'], ['RangeError: of a callback']]);
    } finally {
      warn.mockRestore();
    }
  });
});

describe('a future with an owner', () => {
  it('asks it whether the task has begun, once it has only the outcome to wait for', () => {
    let hasBegun = false;
    const future = new Future(owner({ hasBegun: () => hasBegun, cancel: () => !hasBegun }));
    expect([future.running(), future.state]).toEqual([false, 'PENDING']);
    hasBegun = true;
    expect([future.cancel(), future.running()]).toEqual([false, true]);
    hasBegun = false;
    expect(future.state).toBe('RUNNING');
  });

  it('is told at once when it is cancelled, also from within the call', () => {
    const future = new Future(owner());
    expect([future.cancel(), future.state]).toEqual([true, 'CANCELLED_AND_NOTIFIED']);
    let calls = 0;
    const self: Future<unknown> = new Future(owner({ cancel: () => (calls++ > 0 ? true : self.cancel()) }));
    self.addDoneCallback(() => (calls += 10));
    expect([self.cancel(), calls]).toEqual([true, 12]);
  });

  it('asks it elsewhere where that is needed', async () => {
    const answers = [false, true];
    const remote = owner({ cancel: () => false, cancelAsync: () => Promise.resolve(answers.shift()!) });
    const [runs, waits] = [new Future(remote), new Future(remote)];
    expect([await runs.cancelAsync(), runs.state]).toEqual([false, 'PENDING']);
    expect([await waits.cancelAsync(), waits.state, await waits.cancelAsync()]).toEqual([true, 'CANCELLED_AND_NOTIFIED', true]);
    expect(await new Future(owner({ cancel: () => false })).cancelAsync()).toBe(false);
    const late: Future<number> = new Future(owner({ cancel: () => false, cancelAsync: () => (late.setResult(1), Promise.resolve(true)) }));
    expect([await late.cancelAsync(), await late]).toEqual([false, 1]);
  });

  it('hands an abort on', () => {
    const aborted: unknown[] = [];
    const future = new Future(owner({ abort: (error) => aborted.push(error) }));
    const reason = new Error('stop');
    expect([future.abort(reason), future.done(), aborted]).toEqual([true, false, [reason]]);
  });
});
