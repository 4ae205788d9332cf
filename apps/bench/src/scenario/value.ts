import { counterExact, everyItemChecked, valueExact } from './evidence.js';
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

const add: Scenario = {
  id: 'value-add',
  title: 'Value.add(1) by one process',
  operation: 'add one, atomically; CPython under the lock',
  baseline: 'cpython',
  reach: { free: 50, pinned: 50 },
  work: (quick) => ({ scenario: 'value-add', ...amount(5_000_000, quick) }),
  verify: valueExact,
};

const incrementOfTwo: Scenario = {
  id: 'value-increment-contended',
  title: 'Value += 1 by two processes',
  operation: 'acquire + add one + release',
  baseline: 'cpython',
  work: (quick) => ({ scenario: 'value-increment-contended', ...amount(1_000_000, quick) }),
  verify: counterExact,
};

const addOfTwo: Scenario = {
  id: 'value-add-contended',
  title: 'Value.add(1) by two processes',
  operation: 'add one, atomically; CPython under the lock',
  baseline: 'cpython',
  work: (quick) => ({ scenario: 'value-add-contended', ...amount(2_000_000, quick) }),
  verify: counterExact,
};

/** The view of an array, against a TypedArray of the process's own: they are to be equal. */
function pass(id: string, title: string): Scenario {
  return {
    id,
    title,
    operation: 'one pass over 1 Mi doubles, 8 MiB',
    baseline: 'node',
    reach: { free: 0.95, pinned: 0.95 },
    work: (quick) => ({ scenario: id, arrayBytes: 8 * 2 ** 20, ...amount(100, quick) }),
    verify: everyItemChecked,
  };
}

export const valueScenarios: readonly Scenario[] = [increment, add, incrementOfTwo, addOfTwo, pass('view-fill', 'Array filled through its view'), pass('view-sum', 'Array summed through its view')];
