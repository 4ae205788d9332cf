import { everyMeetingKept, everyTurnTaken, lockExcluded } from './evidence.js';
import { amount, type Scenario } from './scenario.js';

/**
 * There and back by two events, halved. Each side clears what it waited for, and CPython's `set` returns only when those it woke have said
 * so: all of it is what a set costs who works by events. One moment stamped before the set and one after the wait would leave that out, and
 * to be sure that the waiter sleeps the setter would have to rest before each set, which measures how an idle CPU wakes up.
 */
const event: Scenario = {
  id: 'event-set-wait',
  title: 'Event set, waiter runs on',
  operation: 'set + the end of the wait for it + clear, half of there and back',
  baseline: 'cpython',
  reach: { free: 2, pinned: 1 },
  work: (quick) => ({ scenario: 'event-set-wait', ...amount(20_000, quick) }),
  verify: everyTurnTaken(1),
};

const barrier: Scenario = {
  id: 'barrier-two',
  title: 'Barrier of two',
  operation: 'one meeting',
  baseline: 'cpython',
  reach: { free: 2, pinned: 1 },
  work: (quick) => ({ scenario: 'barrier-two', ...amount(30_000, quick) }),
  verify: everyMeetingKept,
};

const condition: Scenario = {
  id: 'condition-ping-pong',
  title: 'Condition, two processes taking turns',
  operation: 'acquire + wait for the turn + notify + release',
  baseline: 'cpython',
  work: (quick) => ({ scenario: 'condition-ping-pong', ...amount(20_000, quick) }),
  verify: everyTurnTaken(1),
};

const semaphore: Scenario = {
  id: 'semaphore-uncontended',
  title: 'Semaphore(1), uncontended',
  operation: 'acquire + release',
  baseline: 'cpython',
  work: (quick) => ({ scenario: 'semaphore-uncontended', ...amount(2_000_000, quick) }),
  verify: lockExcluded,
};

const permits: Scenario = {
  id: 'semaphore-roundtrip',
  title: 'Semaphore round trip, both sides blocking',
  operation: 'a permit there and a permit back',
  baseline: 'cpython',
  work: (quick) => ({ scenario: 'semaphore-roundtrip', ...amount(30_000, quick) }),
  verify: everyTurnTaken(2),
};

export const syncScenarios: readonly Scenario[] = [event, barrier, condition, semaphore, permits];
