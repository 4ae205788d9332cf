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

/** Each after a rest in which a standby can get ready. */
const forkserver: Scenario = {
  id: 'start-join-forkserver',
  title: 'Process start + join, forkserver, ready',
  operation: 'one process, after a rest',
  baseline: 'cpython',
  goals: [{ kind: 'most', value: 4e6 }],
  work: (quick) => ({ scenario: 'start-join-forkserver', pauseMs: 200, ...amount(20, quick) }),
  verify: everyProcessRan,
};

const forkserverBurst: Scenario = {
  id: 'start-join-forkserver-burst',
  title: 'Process start + join, forkserver, back to back',
  operation: 'one process, one after the other',
  baseline: 'cpython',
  goals: [{ kind: 'most', value: 15e6 }],
  work: (quick) => ({ scenario: 'start-join-forkserver-burst', ...amount(40, quick) }),
  verify: everyProcessRan,
};

const thread: Scenario = {
  id: 'start-join-thread',
  title: 'Process start + join, thread',
  operation: 'one worker thread, one after the other',
  baseline: 'node',
  work: (quick) => ({ scenario: 'start-join-thread', ...amount(20, quick) }),
  verify: everyProcessRan,
};

export const startScenarios: readonly Scenario[] = [startJoin, forkserver, forkserverBurst, thread];
