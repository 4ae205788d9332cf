/** `Executor`: calls and their futures, wherever they run. */
import assert from 'node:assert/strict';
import { SHORT } from '../delays.js';
import { CANCELLED, caught, listOf, range, type ExecutorCase, type FutureLike } from './executor-contract.js';
import { endCases } from './executor-end.js';
import { mapCases } from './executor-map.js';
import { add, block, double, doubleLater, echo, fail, returnFunction, returnNothing, sumOf, throwValue, waitAt } from './executor-tasks.js';
import { codeOf, INVALID_STATE, TIMEOUT } from './messages.js';
import { inTime } from './signals.js';

const SERIALIZATION = 'ERR_MANYCORE_SERIALIZATION';

export function executorCases(): ExecutorCase[] {
  return [...callCases, ...futureCases, ...dependencyCases, ...mapCases, ...endCases];
}

const callCases: ExecutorCase[] = [
  {
    title: 'calls functions with their arguments and gives their results',
    async run({ executor }) {
      const futures = [executor.submit(add, 1, 2), executor.submit(doubleLater, 3), executor.submit(returnNothing), executor.submit(echo, { a: [1, new Map([[1, 'x']])] })];
      assert.deepEqual(await Promise.all(futures), [3, 6, undefined, { a: [1, new Map([[1, 'x']])] }]);
      assert.ok(futures.every((future) => future.done() && !future.cancelled() && !future.running() && future.state === 'FINISHED'));
    },
  },
  {
    title: 'brings errors whole, and what was thrown that is no error as it is',
    async run({ executor }) {
      const future = executor.submit(fail, 'no');
      const error = (await caught(future)) as RangeError & { code: string; extra: unknown };
      assert.ok(error instanceof RangeError && error.cause instanceof TypeError);
      assert.deepEqual([error.message, error.code, error.extra, error.cause.message], ['no', 'E_SUITE', { a: 1 }, 'below']);
      assert.match(error.stack!, /executor-tasks|conformance|chunk/);
      assert.equal(await future.exception(), error);
      for (const thrown of ['text', 7, null]) assert.equal(await caught(executor.submit(throwValue, thrown)), thrown);
    },
  },
  {
    title: 'copies arguments when it is called',
    async run({ executor }) {
      const values = [1];
      const futures = range(50).map((i) => {
        values[0] = i;
        return executor.submit(sumOf, values);
      });
      values[0] = 1000;
      assert.deepEqual(await Promise.all(futures), range(50));
    },
  },
  {
    title: 'fails the one call whose arguments or result cannot be sent',
    async run({ executor }) {
      const futures = [executor.submit(echo, { deep: [() => 1] }), executor.submit(double, 2), executor.submit(returnFunction), executor.submit(double, 4)];
      assert.deepEqual(await Promise.all(futures.map((future) => codeOf(() => future))), [SERIALIZATION, 'none', SERIALIZATION, 'none']);
    },
  },
  {
    title: 'refuses at once what is no function, or cannot be named',
    run({ executor }) {
      assert.throws(() => executor.submit(1 as never), TypeError);
      assert.throws(() => executor.map(undefined as never, [1]), TypeError);
      assert.throws(() => executor.submit(() => 1), { code: 'ERR_MANYCORE_TARGET' });
      assert.throws(() => executor.map(() => 1, [1]), { code: 'ERR_MANYCORE_TARGET' });
      return Promise.resolve();
    },
  },
  {
    title: 'gives futures that promises can be combined with',
    async run({ executor }) {
      const [good, bad] = [executor.submit(double, 1), executor.submit(fail, 'bad')];
      const settled = await Promise.allSettled([good, bad]);
      assert.deepEqual(settled.map(({ status }) => status), ['fulfilled', 'rejected']);
      assert.equal(await Promise.any([bad, good]), 2);
      assert.equal(await Promise.race([good]), 2);
      assert.equal(await good.then((value) => (value as number) + 1), 3);
    },
  },
  {
    title: 'does what has a higher priority first',
    async run({ executor, gate }) {
      const held = gate();
      const first = executor.submit(waitAt, held.theirs, 0);
      await held.begun();
      const order: string[] = [];
      const note = (name: string, future: FutureLike): FutureLike => {
        future.addDoneCallback(() => order.push(name));
        return future;
      };
      // Enough of them that some wait in the queue.
      const low = range(100).map((i) => note('low', executor.submit(double, i)));
      const high = note('high', executor.with({ priority: 1 }).submit(double, 1));
      await held.open();
      await Promise.all([first, high, ...low]);
      assert.ok(order.indexOf('high') < 90, `the urgent task came after ${order.indexOf('high')} others`);
    },
  },
];

const futureCases: ExecutorCase[] = [
  {
    title: 'says RUNNING when a worker has begun the task, and not before',
    async run({ executor, gate }) {
      const [held, behind] = [gate(), gate()];
      const first = executor.submit(waitAt, held.theirs, 1);
      const second = executor.submit(waitAt, behind.theirs, 2);
      await held.begun();
      assert.deepEqual([first.running(), first.done(), first.state, second.running(), second.state], [true, false, 'RUNNING', false, 'PENDING']);
      assert.equal(first.cancel(), false);
      assert.equal(await first.cancelAsync(), false);
      await held.open();
      await behind.begun();
      assert.equal(await first, 1);
      assert.deepEqual([first.state, second.state], ['FINISHED', 'RUNNING']);
      assert.equal(first.cancel(), false);
      await behind.open();
      assert.equal(await second, 2);
    },
  },
  {
    title: 'cancels what has not begun, once and for all',
    async run({ executor, gate }) {
      const held = gate();
      const running = executor.submit(waitAt, held.theirs, 1);
      const waiting = range(20).map((i) => executor.submit(double, i));
      await held.begun();
      let calls = 0;
      waiting[3]!.addDoneCallback(() => calls++);
      assert.equal(waiting[3]!.cancel(), true);
      assert.equal(await waiting[15]!.cancelAsync(), true);
      assert.deepEqual([waiting[3]!.cancel(), waiting[3]!.cancelled(), waiting[3]!.done(), waiting[3]!.running(), calls], [true, true, true, false, 1]);
      assert.equal(waiting[15]!.state, 'CANCELLED_AND_NOTIFIED');
      for (const future of [waiting[3]!, waiting[15]!]) {
        assert.equal(await codeOf(() => future), CANCELLED);
        assert.equal(await codeOf(() => future.result()), CANCELLED);
        assert.equal(await codeOf(() => future.exception()), CANCELLED);
      }
      await held.open();
      assert.equal(await running, 1);
      const rest = await Promise.allSettled(waiting);
      assert.equal(rest.filter(({ status }) => status === 'fulfilled').length, 18);
    },
  },
  {
    title: 'aborts a task that runs, and one that waits, with the reason',
    async run({ make, gate }) {
      await using executor = make({ maxWorkers: 1, graceMs: 20 });
      const held = gate();
      const [running, waiting, other] = [executor.submit(block, held.theirs), executor.submit(double, 1), executor.submit(double, 2)];
      await held.begun();
      const reason = new RangeError('enough');
      assert.equal(waiting.abort('a word'), true);
      assert.equal(running.abort(reason), true);
      assert.equal(await caught(running), reason);
      const cause = (await caught(waiting)) as { code: string; cause: unknown };
      assert.deepEqual([cause.code, cause.cause], [CANCELLED, 'a word']);
      assert.equal(await inTime(Promise.resolve(other), 'the next task'), 4);
      assert.deepEqual([other.abort(), running.done(), running.cancelled()], [false, true, false]);
    },
  },
  {
    title: 'ends a task that runs longer than its timeout, and one whose signal is aborted',
    async run({ make, gate }) {
      await using executor = make({ maxWorkers: 1, graceMs: 20 });
      assert.equal(await codeOf(() => executor.with({ timeout: SHORT }).submit(block, gate().theirs)), 'ERR_MANYCORE_TASK_TIMEOUT');
      const [controller, held] = [new AbortController(), gate()];
      const aborted = executor.with({ signal: controller.signal }).submit(block, held.theirs);
      await held.begun();
      controller.abort('signal');
      assert.equal(await caught(aborted), 'signal');
      assert.equal(await caught(executor.with({ signal: controller.signal }).submit(double, 1)), 'signal');
      assert.equal(await executor.submit(double, 3), 6);
    },
  },
  {
    title: 'calls callbacks in order, each once; those of an ended future at once; one that throws harms nobody',
    async run({ executor }) {
      const warned = new Promise<Error>((resolve) => process.once('warning', resolve));
      const future = executor.submit(double, 1);
      const calls: unknown[] = [];
      future.addDoneCallback((ended: FutureLike) => calls.push(['first', ended === future, ended.done()]));
      future.addDoneCallback(() => {
        throw new Error('of a callback');
      });
      future.addDoneCallback(() => calls.push('third'));
      assert.equal(await future, 2);
      assert.deepEqual(calls, [['first', true, true], 'third']);
      future.addDoneCallback(() => calls.push('late'));
      assert.deepEqual(calls.slice(2), ['late']);
      assert.equal((await warned).message, 'of a callback');
      assert.throws(() => future.addDoneCallback(1 as never), TypeError);
    },
  },
  {
    title: 'waits for a result as long as one wants',
    async run({ executor, gate }) {
      const held = gate();
      const future = executor.submit(waitAt, held.theirs, 'value');
      assert.equal(await codeOf(() => future.result({ timeout: 0 })), TIMEOUT);
      assert.equal(await codeOf(() => future.exception({ timeout: 5 })), TIMEOUT);
      assert.equal(await caught(future.result({ signal: AbortSignal.abort('no') })), 'no');
      await assert.rejects(future.result({ timeout: NaN }), TypeError);
      await held.begun();
      await held.open();
      assert.deepEqual([await future.result({ timeout: 10_000 }), await future.exception()], ['value', null]);
    },
  },
  {
    title: 'lets nobody end a future twice',
    async run({ executor }) {
      const future = executor.submit(double, 1) as FutureLike & { setResult(value: unknown): void; setException(error: unknown): void; setRunningOrNotifyCancel(): boolean };
      await future;
      for (const call of [() => future.setResult(1), () => future.setException(new Error('no')), () => future.setRunningOrNotifyCancel()]) assert.throws(call, { code: INVALID_STATE });
      assert.equal(await future, 2);
    },
  },
];

const dependencyCases: ExecutorCase[] = [
  {
    title: 'awaits futures among the arguments before the task takes a worker',
    async run({ executor, gate }) {
      const held = gate();
      // One worker only: a task that waited in it for the others would wait for ever.
      const first = executor.submit(waitAt, held.theirs, 1);
      const sum = executor.submit(add, executor.submit(add, first, executor.submit(double, 4)), first);
      assert.deepEqual([sum.state, sum.running()], ['PENDING', false]);
      await held.begun();
      await held.open();
      assert.equal(await inTime(Promise.resolve(sum), 'the sum'), 10);
      assert.equal(await executor.submit(add, first, first), 2);
      assert.deepEqual(await listOf(executor.map(add, [first, 2], [first, sum])), [2, 12]);
    },
  },
  {
    title: 'fails a task with an argument that failed or was cancelled, and cancels one that waits for its arguments',
    async run({ executor, gate }) {
      const held = gate();
      const first = executor.submit(waitAt, held.theirs, 1);
      const [other, cancelled] = [executor.submit(double, 1), executor.submit(double, first)];
      await held.begun();
      const [failing, ofCancelled] = [executor.submit(double, executor.submit(fail, 'below')), executor.submit(double, other)];
      assert.deepEqual([cancelled.cancel(), other.cancel(), cancelled.state], [true, true, 'CANCELLED_AND_NOTIFIED']);
      assert.equal(await codeOf(() => ofCancelled), CANCELLED);
      assert.deepEqual([ofCancelled.cancelled(), ofCancelled.done()], [false, true]);
      const aborted = executor.submit(double, first);
      aborted.abort(new RangeError('no'));
      await assert.rejects(Promise.resolve(aborted), RangeError);
      await held.open();
      await assert.rejects(Promise.resolve(failing), { message: 'below' });
    },
  },
];
