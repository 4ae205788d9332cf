/** `Executor.map`. */
import assert from 'node:assert/strict';
import { caught, listOf, range, type ExecutorCase } from './executor-contract.js';
import { add, double, failAtThree, sumOf, waitIfGate } from './executor-tasks.js';
import { codeOf, TIMEOUT } from './messages.js';
import { inTime, turnOfTheLoop } from './signals.js';

/** Numbers without end, and how many were taken; closed when it was told that no more is wanted. */
function counter(): { items: Iterable<number>; taken: number; closed: boolean } {
  const state = { items: undefined as unknown as Iterable<number>, taken: 0, closed: false };
  state.items = (function* () {
    try {
      for (;;) yield state.taken++;
    } finally {
      state.closed = true;
    }
  })();
  return state;
}

async function* later<T>(values: Iterable<T>): AsyncGenerator<T> {
  for (const value of values) {
    await turnOfTheLoop();
    yield value;
  }
}

export const mapCases: ExecutorCase[] = [
  {
    title: 'maps in the order of the items, whatever the chunks',
    async run({ executor }) {
      for (const chunkSize of [1, 7, 1000]) assert.deepEqual(await listOf(executor.with({ chunkSize }).map(double, range(100))), range(100).map((x) => x * 2), `chunks of ${chunkSize}`);
      assert.deepEqual(await listOf(executor.map(double, [])), []);
      assert.deepEqual(await listOf(executor.map(double)), []);
    },
  },
  {
    title: 'maps over several iterables until the shortest ends, asynchronous ones among them',
    async run({ executor }) {
      const endless = counter();
      assert.deepEqual(await listOf(executor.map(add, [1, 2, 3], endless.items)), [1, 3, 5]);
      assert.equal(endless.closed, true);
      assert.deepEqual(await listOf(executor.with({ chunkSize: 2 }).map(add, later([1, 2, 3]), [10, 20, 30, 40])), [11, 22, 33]);
      // One list of arguments is one argument.
      assert.deepEqual(await listOf(executor.map(sumOf, [[1, 2], [3]])), [3, 3]);
      assert.deepEqual(await listOf(executor.map(double, later(range(20)))), range(20).map((x) => x * 2));
    },
  },
  {
    title: 'pulls all items at the call, and runs them whether or not somebody consumes',
    async run({ make, gate }) {
      const held = gate();
      const executor = make({ maxWorkers: 1 });
      const results = executor.map(waitIfGate, [1, held.theirs, 3]);
      await held.begun();
      await held.open();
      await executor.shutdown();
      assert.deepEqual(await listOf(results), [1, 'opened', 3]);
    },
  },
  {
    title: 'pulls at most so many items ahead of the consumer as the buffer holds',
    async run({ executor }) {
      for (const [bufferSize, chunkSize] of [[1, 1], [5, 1], [6, 3], [2, 4]] as const) {
        const source = counter();
        const most = Math.max(bufferSize, chunkSize);
        const results = executor.with({ bufferSize, chunkSize }).map(double, source.items);
        assert.equal(source.taken, most);
        for (let i = 0; i < 20; i++) {
          assert.deepEqual(await results.next(), { done: false, value: i * 2 });
          assert.ok(source.taken <= most + i + 1, `${source.taken} items after ${i + 1} results`);
        }
        assert.deepEqual(await results.return(), { done: true, value: undefined });
        assert.equal(source.closed, true);
        assert.deepEqual(await results.next(), { done: true, value: undefined });
      }
    },
  },
  {
    title: 'serves several consumers of one iterator in their order',
    async run({ executor }) {
      const results = executor.with({ bufferSize: 1 }).map(double, range(3));
      const steps = await inTime(Promise.all(range(5).map(() => results.next())), 'all steps');
      assert.deepEqual(steps.map(({ value }) => value as unknown), [0, 2, 4, undefined, undefined]);
      const failing = executor.with({ bufferSize: 1 }).map(failAtThree, range(9));
      const settled = await inTime(Promise.allSettled(range(6).map(() => failing.next())), 'all steps');
      assert.deepEqual(settled.map((step) => (step.status === 'fulfilled' ? (step.value.value as unknown) : 'failed')), [0, 1, 2, 'failed', undefined, undefined]);
    },
  },
  {
    title: 'ends with the first item that failed, in order, and cancels what has not begun',
    async run({ executor }) {
      for (const chunkSize of [1, 2, 100]) {
        const results = executor.with({ chunkSize }).map(failAtThree, range(50));
        const seen: unknown[] = [];
        const error = await caught(
          (async () => {
            for await (const value of results) seen.push(value);
          })(),
        );
        assert.deepEqual([seen, (error as Error).message], [[0, 1, 2], 'item 3'], `chunks of ${chunkSize}`);
        assert.equal((await results.next()).done, true);
      }
    },
  },
  {
    title: 'gives what an iterable throws behind the results before it',
    async run({ executor }) {
      function* two(): Generator<number> {
        yield* [1, 2];
        throw new RangeError('of the source');
      }
      for (const source of [two(), later(two())]) {
        const results = executor.map(double, source);
        assert.deepEqual([(await results.next()).value, (await results.next()).value], [2, 4]);
        assert.equal(((await caught(results.next())) as Error).message, 'of the source');
        assert.equal((await results.next()).done, true);
      }
    },
  },
  {
    title: 'gives up what has not begun when the consumer leaves, and waits for a result as long as one wants',
    async run({ executor, gate }) {
      const held = gate();
      const results = executor.map(waitIfGate, [held.theirs, ...range(100)]);
      await held.begun();
      assert.equal(await codeOf(() => results.next({ timeout: 0 })), TIMEOUT);
      assert.equal(await caught(results.next({ signal: AbortSignal.abort('no') })), 'no');
      await held.open();
      assert.deepEqual(await results.next({ timeout: 10_000 }), { done: false, value: 'opened' });
      for await (const value of results) if (value === 1) break;
      assert.equal((await results.next()).done, true);
      // The worker is idle, or soon will be.
      assert.equal(await executor.submit(double, 1), 2);
    },
  },
  {
    title: 'refuses what is not iterable, and bad options',
    run({ executor }) {
      assert.throws(() => executor.map(double, 5 as never), TypeError);
      for (const options of [{ chunkSize: 0 }, { bufferSize: 0 }, { timeout: 0 }, { chunkSize: 1.5 }]) assert.throws(() => executor.with(options), RangeError, JSON.stringify(options));
      for (const options of [{ chunkSize: '1' }, { timeout: NaN }, { priority: 'x' }, { signal: {} }, { unknown: 1 }, null]) assert.throws(() => executor.with(options as never), TypeError, JSON.stringify(options));
      return Promise.resolve();
    },
  },
];
