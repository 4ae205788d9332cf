import { everyItemChecked } from './evidence.js';
import { amount, type Placement, type Scenario } from './scenario.js';

interface ArrayRow {
  readonly suffix: string;
  readonly title: string;
  readonly mebibytes: number;
  readonly operations: number;
  readonly reach?: Readonly<Record<Placement, number>>;
}

function arrayRow({ suffix, title, mebibytes, operations, reach }: ArrayRow): Scenario {
  const scenario = `array-${mebibytes}m-${suffix}`;
  return {
    id: scenario,
    title: `Array of ${mebibytes} MiB, ${title}`,
    operation: 'one array to another process, and its answer',
    baseline: 'cpython',
    ...(reach === undefined ? {} : { reach }),
    work: (quick) => ({ scenario, arrayBytes: mebibytes * 2 ** 20, ...amount(operations, quick) }),
    verify: everyItemChecked,
  };
}

export const arrayScenarios: readonly Scenario[] = [
  arrayRow({ suffix: 'copy', title: 'copied', mebibytes: 1, operations: 200 }),
  arrayRow({ suffix: 'copy', title: 'copied', mebibytes: 64, operations: 6, reach: { free: 3, pinned: 1 } }),
  // Microseconds each, whatever the size: of 50 one would measure little but how an engine warms up.
  arrayRow({ suffix: 'handle', title: 'in shared memory', mebibytes: 1, operations: 2_000 }),
  arrayRow({ suffix: 'handle', title: 'in shared memory', mebibytes: 64, operations: 2_000, reach: { free: 20, pinned: 1 } }),
  arrayRow({ suffix: 'shared', title: 'copied into new shared memory', mebibytes: 64, operations: 6, reach: { free: 1.5, pinned: 1 } }),
];
