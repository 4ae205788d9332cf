import { ProcessPoolExecutor, ThreadPoolExecutor, type Executor } from '@manycore/futures';
import { executorCases, type ExecutorKit, type ExecutorLike } from '@manycore/testing/conformance';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { gate } from './helpers.js';

type Make = (options: { maxWorkers: number; graceMs?: number }) => Executor;

const factories: readonly (readonly [string, Make])[] = [
  ['ThreadPoolExecutor', (options) => new ThreadPoolExecutor(options)],
  ...(['spawn', 'forkserver', 'thread'] as const).map((startMethod) => [`ProcessPoolExecutor, ${startMethod}`, (options) => new ProcessPoolExecutor({ startMethod, ...options })] as const satisfies readonly [string, Make]),
];

describe.each(factories)('%s', (_name, make) => {
  let executor: Executor;
  beforeAll(() => {
    executor = make({ maxWorkers: 1 });
  });
  afterAll(() => executor.shutdown());

  for (const { title, run } of executorCases()) {
    it(title, () => run({ executor: executor as unknown as ExecutorLike, make: make as unknown as ExecutorKit['make'], gate }));
  }
});
