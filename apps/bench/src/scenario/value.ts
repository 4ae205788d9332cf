import { valueExact } from './evidence.js';
import { amount, type Scenario } from './scenario.js';

const increment: Scenario = {
  id: 'value-increment',
  title: 'Value += 1 by one process',
  operation: 'acquire + add one + release',
  baseline: 'cpython',
  reach: { free: 20, pinned: 20 },
  work: (quick) => ({ scenario: 'value-increment', ...amount(2_000_000, quick) }),
  verify: valueExact,
};

export const valueScenarios: readonly Scenario[] = [increment];
