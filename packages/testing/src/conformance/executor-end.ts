/** `Executor`: shutdown, and work that is still underway then. */
import assert from 'node:assert/strict';
import { CANCELLED, caught, CLOSED, listOf, range, type ExecutorCase } from './executor-contract.js';
import { add, double, fail, waitAt } from './executor-tasks.js';
import { codeOf, TIMEOUT } from './messages.js';
import { inTime, turnOfTheLoop } from './signals.js';

export const endCases: ExecutorCase[] = [
  {
    title: 'does what it has before it is shut down, and takes nothing more',
    async run({ make, gate }) {
      const executor = make({ maxWorkers: 2 });
      const held = gate();
      const first = executor.submit(waitAt, held.theirs, 1);
      const futures = [...range(100).map((x) => executor.submit(double, x)), executor.submit(add, first, 1)];
      await held.begun();
      const over = executor.shutdown();
      assert.throws(() => executor.submit(double, 1), { code: CLOSED });
      assert.throws(() => executor.with({ priority: 1 }).submit(double, 1), { code: CLOSED });
      assert.throws(() => executor.map(double, [1]), { code: CLOSED });
      assert.equal(await codeOf(() => executor.shutdown({ timeout: 5 })), TIMEOUT);
      assert.equal(await caught(executor.shutdown({ signal: AbortSignal.abort('no') })), 'no');
      await held.open();
      await inTime(over, 'the shutdown');
      assert.deepEqual(await Promise.all(futures), [...range(100).map((x) => x * 2), 2]);
      await executor.shutdown();
      await executor.shutdown({ wait: false, cancelFutures: true });
    },
  },
  {
    title: 'does not wait when it need not, and cancels what has not begun when it should',
    async run({ make, gate }) {
      const executor = make({ maxWorkers: 1 });
      const held = gate();
      const running = executor.submit(waitAt, held.theirs, 'done');
      const waiting = [...range(100).map((x) => executor.submit(double, x)), executor.submit(double, running)];
      const results = executor.map(double, [1, 2]);
      await held.begun();
      await executor.shutdown({ wait: false, cancelFutures: true });
      assert.deepEqual([...new Set(waiting.map(({ state }) => state))], ['CANCELLED_AND_NOTIFIED']);
      assert.equal(await codeOf(() => results.next()), CANCELLED);
      assert.equal(running.running(), true);
      await held.open();
      assert.equal(await running, 'done');
      await executor.shutdown();
      await assert.rejects(executor.shutdown({ wait: 1 as never }), TypeError);
    },
  },
  {
    title: 'is shut down before it was ever used, and when its scope ends',
    async run({ make }) {
      await inTime(make({ maxWorkers: 2 }).shutdown(), 'the shutdown');
      let future;
      {
        await using executor = make({ maxWorkers: 2 });
        future = executor.submit(double, 1);
      }
      assert.deepEqual([future.done(), await future], [true, 2]);
    },
  },
  {
    title: 'makes no unhandled rejection of a failure that nobody looks at',
    async run({ executor }) {
      const rejections: unknown[] = [];
      const note = (reason: unknown): unknown => rejections.push(reason);
      process.on('unhandledRejection', note);
      try {
        const future = executor.submit(fail, 'unseen');
        executor.map(fail, ['unseen']);
        await listOf(executor.map(double, [1, 2]));
        while (!future.done()) await turnOfTheLoop();
        for (let i = 0; i < 3; i++) await turnOfTheLoop();
        assert.deepEqual(rejections, []);
      } finally {
        process.off('unhandledRejection', note);
      }
    },
  },
];
