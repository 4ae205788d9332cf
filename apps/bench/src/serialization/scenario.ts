import { everyItemChecked } from '../scenario/evidence.js';
import { amount, type Scenario } from '../scenario/scenario.js';
import type { Work } from '../scenario/work.js';
import { samples, type Sample } from './sample.js';

export const STEPS = ['encode', 'decode', 'both'] as const;
export type Step = (typeof STEPS)[number];

export interface SerializationWork extends Work {
  readonly sample: string;
  readonly step: Step;
}

const OPERATION: Readonly<Record<Step, string>> = { encode: 'value to bytes', decode: 'bytes to value', both: 'value to bytes to value' };

function scenarioOf({ id, title, operations }: Sample, step: Step): Scenario {
  const scenario = `${id}-${step}`;
  return {
    id: scenario,
    title: `${title}, ${step}`,
    operation: OPERATION[step],
    // The fastest of the others.
    baseline: 'node',
    work: (quick): SerializationWork => ({ scenario, sample: id, step, ...amount(operations, quick) }),
    verify: everyItemChecked,
  };
}

export const serializationScenarios: readonly Scenario[] = samples.flatMap((sample) => STEPS.map((step) => scenarioOf(sample, step)));
