import {
  barrierCases, boundedSemaphoreCases, conditionCases, eventCases, latchCases, lockCases, onceCases, rlockCases, rwlockCases, semaphoreCases, type Case,
} from '@manycore/testing/conformance';
import * as manycore from 'manycore';
import { afterAll, afterEach, describe, it } from 'vitest';
import { Crew, methods } from './crew.js';

type Constructor = new (...options: never[]) => never;

/** Each primitive with its suite. */
const suites: [name: keyof typeof manycore, cases: Case<never, never[]>[]][] = [
  ['Lock', lockCases()],
  ['RLock', rlockCases()],
  ['Semaphore', semaphoreCases()],
  ['BoundedSemaphore', boundedSemaphoreCases()],
  ['Condition', conditionCases()],
  ['Event', eventCases()],
  ['Barrier', barrierCases()],
  ['RWLock', rwlockCases()],
  ['CountDownLatch', latchCases()],
  ['Once', onceCases()],
];

describe.each(methods)('between children of %s', (method) => {
  const crew = new Crew(method);
  afterEach(() => crew.endCase());
  afterAll(() => crew.end());

  for (const [name, cases] of suites) {
    const Primitive = manycore[name] as unknown as Constructor;
    describe(name, () => {
      for (const { title, run } of cases) it(title, { timeout: 20_000 }, () => run(crew.env((...options) => new Primitive(...options))));
    });
  }
});
