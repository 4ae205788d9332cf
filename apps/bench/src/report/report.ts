import type { Group, Row } from '../run/groups.js';
import type { Placement, Scenario } from '../scenario/scenario.js';
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
    const baseline = baselineOf(group);
    const rows = group.rows.map((row) => reportRow(group, row, baseline));
    const named = figure === undefined ? {} : { figure: figure.name };
    return { scenario, title, operation, ...named, placement: group.placement, operations: group.work.operations, rows };
  });
}

/** The fastest of those who may be the baseline: the others would flatter us. */
function baselineOf({ rows, scenario }: Group): Row | undefined {
  return rows
    .filter((row) => row.contender.family === scenario.baseline && counts(row))
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

function reportRow({ scenario, placement }: Group, row: Row, baseline: Row | undefined): Measured | Void {
  const contender = row.contender.name;
  if (!counts(row)) return { contender, failure: row.failure ?? 'not measured: the run was interrupted' };
  const samples = samplesOf(row, scenario);
  const time = summarize(samples);
  const reach = row.contender.family === 'manycore' ? scenario.reach?.[placement] : undefined;
  const unequal = row.outcomes.flatMap(({ evidence }) => (evidence.shares === undefined ? [] : [unfairness(evidence.shares)]));
  return {
    contender,
    samples,
    time,
    isBaseline: row === baseline,
    ...(baseline === undefined ? {} : { ratio: medianOf(baseline, scenario) / time.median }),
    ...(reach === undefined ? {} : { reach }),
    ...(unequal.length === 0 ? {} : { unfairness: { median: summarize(unequal).median, worst: Math.max(...unequal) } }),
  };
}
