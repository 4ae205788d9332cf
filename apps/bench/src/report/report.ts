import type { Group, Row } from '../run/groups.js';
import type { Baseline, Placement, Scenario, Unit } from '../scenario/scenario.js';
import { judge, type Judged, type Others } from './goals.js';
import { summarize, unfairness, type Summary } from './statistics.js';

/** A row that counts. Times are nanoseconds per operation, or the scenario's own figure. */
export interface Measured {
  readonly contender: string;
  readonly samples: readonly number[];
  readonly time: Summary;
  /** How many times as fast as the baseline; undefined where no baseline was measured. */
  readonly ratio?: number;
  readonly isBaseline: boolean;
  /** For rows with a goal: the ratio to reach. */
  readonly reach?: number;
  readonly judged?: readonly Judged[];
  /** Largest share of two processes to the smallest, over the rounds. */
  readonly unfairness?: { readonly median: number; readonly worst: number };
}

/** A row that does not count, and why. */
export interface Void {
  readonly contender: string;
  readonly failure: string;
}

export interface ReportGroup {
  readonly scenario: string;
  readonly title: string;
  readonly operation: string;
  /** What the times are, where they are not per operation. */
  readonly figure?: string;
  /** What they are in: nanoseconds when absent. */
  readonly unit?: Unit;
  readonly placement: Placement;
  readonly operations: number;
  readonly rows: readonly (Measured | Void)[];
}

export function isVoid(row: Measured | Void): row is Void {
  return 'failure' in row;
}

/** What the rows come to. A row without samples, which only an interrupted run has, is void. */
export function reportOn(groups: readonly Group[]): ReportGroup[] {
  return groups.map((group) => {
    const { id: scenario, title, operation, figure } = group.scenario;
    const baseline = fastest(group, group.scenario.baseline);
    const rows = group.rows.map((row) => reportRow(group, row, baseline));
    const named = figure === undefined ? {} : { figure: figure.name, ...(figure.unit === undefined ? {} : { unit: figure.unit }) };
    return { scenario, title, operation, ...named, placement: group.placement, operations: group.work.operations, rows };
  });
}

/** The fastest of a family: the others would flatter us. */
function fastest({ rows, scenario }: Group, family: Baseline): Row | undefined {
  return rows
    .filter((row) => row.contender.family === family && counts(row))
    .reduce<Row | undefined>((best, row) => (best === undefined || medianOf(row, scenario) < medianOf(best, scenario) ? row : best), undefined);
}

function counts(row: Row): boolean {
  return row.failure === undefined && row.outcomes.length > 0;
}

function samplesOf({ outcomes }: Row, { figure }: Scenario): number[] {
  return outcomes.map((outcome) => figure?.of(outcome) ?? outcome.nsPerOp);
}

function medianOf(row: Row, scenario: Scenario): number {
  return summarize(samplesOf(row, scenario)).median;
}

function reportRow(group: Group, row: Row, baseline: Row | undefined): Measured | Void {
  const { scenario, placement } = group;
  const contender = row.contender.name;
  if (!counts(row)) return { contender, failure: row.failure ?? 'not measured: the run was interrupted' };
  const samples = samplesOf(row, scenario);
  const time = summarize(samples);
  const isOurs = row.contender.family === 'manycore';
  const reach = isOurs ? scenario.reach?.[placement] : undefined;
  const judged = isOurs && placement === 'free' ? scenario.goals?.map((goal) => judge(goal, time.median, othersOf(group, baseline))) : undefined;
  const unequal = row.outcomes.flatMap(({ evidence }) => (evidence.shares === undefined ? [] : [unfairness(evidence.shares)]));
  return {
    contender,
    samples,
    time,
    isBaseline: row === baseline,
    ...(baseline === undefined ? {} : { ratio: medianOf(baseline, scenario) / time.median }),
    ...(reach === undefined ? {} : { reach }),
    ...(judged === undefined ? {} : { judged }),
    ...(unequal.length === 0 ? {} : { unfairness: { median: summarize(unequal).median, worst: Math.max(...unequal) } }),
  };
}

function othersOf(group: Group, baseline: Row | undefined): Others {
  const node = fastest(group, 'node');
  return {
    ...(baseline === undefined ? {} : { baseline: medianOf(baseline, group.scenario) }),
    ...(node === undefined ? {} : { node: medianOf(node, group.scenario) }),
  };
}
