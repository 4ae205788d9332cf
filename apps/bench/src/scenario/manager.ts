import { everyItemChecked } from './evidence.js';
import { amount, type Scenario } from './scenario.js';

interface Row {
  readonly suffix: string;
  readonly title: string;
  readonly operation: string;
  readonly operations: number;
  /** Ratio to CPython. */
  readonly reach?: number;
}

function row({ suffix, title, operation, operations, reach }: Row): Scenario {
  const scenario = `manager-${suffix}`;
  return {
    id: scenario,
    title: `Manager, ${title}`,
    operation,
    baseline: 'cpython',
    ...(reach === undefined ? {} : { reach: { free: reach, pinned: 1 } }),
    work: (quick) => ({ scenario, payload: 'object', ...amount(operations, quick) }),
    verify: everyItemChecked,
  };
}

/** One client, and a server in a process of its own. */
export const managerScenarios: readonly Scenario[] = [
  row({ suffix: 'dict-get', title: 'dict get, one in flight', operation: 'one get of a managed dict', operations: 20_000, reach: 1.5 }),
  row({ suffix: 'dict-set', title: 'dict set, one in flight', operation: 'one set of a managed dict', operations: 20_000, reach: 1.5 }),
  row({ suffix: 'dict-get-64', title: 'dict get, 64 in flight', operation: 'one get of a managed dict', operations: 64_000, reach: 5 }),
  row({ suffix: 'list-append', title: 'list append, one in flight', operation: 'one append to a managed list', operations: 20_000 }),
  row({ suffix: 'queue', title: 'queue put and get, one in flight', operation: 'one put and one get of a small object by one client', operations: 10_000 }),
];
