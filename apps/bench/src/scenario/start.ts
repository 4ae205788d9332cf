import { everyProcessRan } from './evidence.js';
import { amount, type Scenario } from './scenario.js';

const startJoin: Scenario = {
  id: 'start-join',
  title: 'Process start + join, cold',
  operation: 'one process, one after the other',
  baseline: 'node',
  // At most 1.2 times what Node itself needs to boot and end.
  reach: { free: 1 / 1.2, pinned: 1 / 1.2 },
  work: (quick) => ({ scenario: 'start-join', ...amount(20, quick) }),
  verify: everyProcessRan,
};

export const startScenarios: readonly Scenario[] = [startJoin];
