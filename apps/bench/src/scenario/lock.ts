import { counterExact, everyWaitMeasured, lockExcluded } from './evidence.js';
import { amount, type Scenario } from './scenario.js';

const uncontended: Scenario = {
  id: 'lock-uncontended',
  title: 'Lock, uncontended',
  operation: 'acquire + release',
  baseline: 'cpython',
  reach: { free: 3, pinned: 3 },
  work: (quick) => ({ scenario: 'lock-uncontended', ...amount(2_000_000, quick) }),
  verify: lockExcluded,
};

const contended: Scenario = {
  id: 'lock-contended',
  title: 'Lock, two processes hammering',
  operation: 'acquire + add one + release',
  baseline: 'cpython',
  reach: { free: 2, pinned: 1 },
  work: (quick) => ({ scenario: 'lock-contended', holdNs: 0, ...amount(1_000_000, quick) }),
  verify: counterExact,
};

const held: Scenario = {
  id: 'lock-held',
  title: 'Lock held 2 µs by two processes',
  operation: 'acquire + 2 µs + release',
  baseline: 'cpython',
  reach: { free: 1.5, pinned: 1 },
  work: (quick) => ({ scenario: 'lock-held', holdNs: 2_000, ...amount(100_000, quick) }),
  verify: counterExact,
};

const wait: Scenario = {
  id: 'lock-wait',
  title: 'Wait for a lock held 2 µs by two processes, p99',
  operation: 'acquire + 2 µs + release',
  figure: { name: 'p99 of what the acquires of both took', of: ({ waits }) => waits?.p99Ns ?? NaN },
  baseline: 'cpython',
  reach: { free: 1, pinned: 1 },
  work: (quick) => ({ scenario: 'lock-wait', holdNs: 2_000, ...amount(100_000, quick) }),
  verify: everyWaitMeasured,
};

export const lockScenarios: readonly Scenario[] = [uncontended, contended, held, wait];
