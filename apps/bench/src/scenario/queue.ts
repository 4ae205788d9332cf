import { everyItemChecked } from './evidence.js';
import { amount, type Scenario } from './scenario.js';
import type { Payload } from './work.js';

interface OneWay {
  readonly suffix: string;
  readonly title: string;
  readonly payload: Payload;
  readonly operations: number;
  readonly maxSize: number;
}

function oneWay({ suffix, title, payload, operations, maxSize }: OneWay): Scenario {
  const scenario = `queue-oneway-${suffix}`;
  return {
    id: scenario,
    title: `Queue one way, ${title}`,
    operation: 'one item, put in one process, got in another',
    baseline: 'cpython',
    ...(payload === 'object' ? { reach: { free: 5, pinned: 1 } } : {}),
    work: (quick) => ({ scenario, payload, maxSize, ...amount(operations, quick) }),
    verify: everyItemChecked,
  };
}

function roundTrip(suffix: string, title: string, free: number): Scenario {
  const scenario = `queue-roundtrip-${suffix}`;
  return {
    id: scenario,
    title: `Queue round trip, ${title}`,
    operation: 'there and back, one in flight',
    baseline: 'cpython',
    reach: { free, pinned: 1 },
    work: (quick) => ({ scenario, payload: 'object', maxSize: 0, ...amount(30_000, quick) }),
    verify: everyItemChecked,
  };
}

const twoByTwo: Scenario = {
  id: 'queue-2x2',
  title: 'Queue, two producers and two consumers',
  operation: 'one item, put in one process, got in another',
  baseline: 'cpython',
  work: (quick) => ({ scenario: 'queue-2x2', payload: 'object', maxSize: 0, ...amount(100_000, quick) }),
  verify: everyItemChecked,
};

const simpleQueueRoundTrip: Scenario = {
  id: 'simplequeue-roundtrip-blocking',
  title: 'SimpleQueue round trip, both sides blocking',
  operation: 'there and back, one in flight',
  baseline: 'cpython',
  reach: { free: 5, pinned: 1 },
  work: (quick) => ({ scenario: 'simplequeue-roundtrip-blocking', payload: 'object', ...amount(30_000, quick) }),
  verify: everyItemChecked,
};

const local: Scenario = {
  id: 'queue-local',
  title: 'Queue within one process',
  operation: 'put + get',
  baseline: 'cpython',
  work: (quick) => ({ scenario: 'queue-local', payload: 'object', maxSize: 0, ...amount(50_000, quick) }),
  verify: everyItemChecked,
};

export const queueScenarios: readonly Scenario[] = [
  oneWay({ suffix: 'object', title: 'small object', payload: 'object', operations: 100_000, maxSize: 0 }),
  oneWay({ suffix: '20', title: 'string of 20', payload: 'string20', operations: 100_000, maxSize: 0 }),
  oneWay({ suffix: 'string', title: 'string of 100', payload: 'string100', operations: 100_000, maxSize: 0 }),
  oneWay({ suffix: '1k', title: '1 KiB of bytes', payload: 'bytes1k', operations: 50_000, maxSize: 0 }),
  // Bounded, so that a slow reader costs waiting and not hundreds of megabytes.
  oneWay({ suffix: '1m', title: '1 MiB of bytes', payload: 'bytes1m', operations: 300, maxSize: 16 }),
  roundTrip('blocking', 'both sides blocking', 5),
  roundTrip('promises', 'promises on both sides', 2),
  simpleQueueRoundTrip,
  twoByTwo,
  local,
];
