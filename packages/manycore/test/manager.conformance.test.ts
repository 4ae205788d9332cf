/** What locks, semaphores, conditions, events, barriers and queues promise, of those in the server of a manager: the suites of the local ones, with promises only. */
import {
  barrierCases, boundedSemaphoreCases, conditionCases, eventCases, lockCases, queueCases, rlockCases, type Case,
} from '@manycore/testing/conformance';
import { Manager, type SyncManager } from 'manycore';
import { afterAll, afterEach, beforeAll, describe, it } from 'vitest';
import { Crew } from './crew.js';

type Suites = readonly (readonly [name: keyof SyncManager & string, cases: Case<never, never[]>[]])[];

/** Each type of a manager with its suite. Proxies know nothing of how their process was started: one kind of processes is enough, and threads for what differs little from what processes have shown. */
const suitesOf: Readonly<Record<'forkserver' | 'thread', Suites>> = {
  forkserver: [
    ['Lock', lockCases('promises')],
    ['RLock', rlockCases('promises')],
    ['Condition', conditionCases('promises')],
    ['Event', eventCases('promises')],
    ['Barrier', barrierCases('promises')],
    // A Queue, with a count.
    ['JoinableQueue', queueCases('promises')],
  ],
  thread: [
    // A Semaphore, with a bound.
    ['BoundedSemaphore', boundedSemaphoreCases('promises')],
  ],
};

describe.each(['forkserver', 'thread'] as const)('in a manager, between children of %s', (method) => {
  const crew = new Crew(method);
  let manager: SyncManager;
  beforeAll(async () => {
    manager = await Manager();
  });
  afterEach(() => crew.endCase());
  afterAll(async () => {
    await crew.end();
    await manager.shutdown();
  });

  for (const [name, cases] of suitesOf[method]) {
    describe(name, () => {
      const make = (...options: unknown[]): never => (manager[name] as unknown as (...options: unknown[]) => never)(...options);
      for (const { title, run } of cases) it(title, { timeout: 60_000 }, () => run(crew.env(make)));
    });
  }
});
