import { everyItemChecked } from './evidence.js';
import { amount, type Scenario } from './scenario.js';

function roundTrip(suffix: string, title: string, free: number): Scenario {
  const scenario = `pipe-roundtrip-${suffix}`;
  return {
    id: scenario,
    title: `Pipe round trip, ${title}`,
    operation: 'there and back, one in flight',
    baseline: 'cpython',
    reach: { free, pinned: 1 },
    work: (quick) => ({ scenario, payload: 'object', ...amount(30_000, quick) }),
    verify: everyItemChecked,
  };
}

const oneWay: Scenario = {
  id: 'pipe-oneway-1m',
  title: 'Pipe one way, 1 MiB of bytes',
  operation: 'one message of bytes, sent by one process, received by another',
  baseline: 'cpython',
  reach: { free: 4, pinned: 1 },
  work: (quick) => ({ scenario: 'pipe-oneway-1m', payload: 'bytes1m', ...amount(quick ? 300 : 2000, quick) }),
  verify: everyItemChecked,
};

export const pipeScenarios: readonly Scenario[] = [
  roundTrip('blocking', 'both sides blocking', 5),
  roundTrip('promises', 'promises on both sides', 2),
  oneWay,
];
