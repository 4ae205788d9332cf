import type { Unit } from '../scenario/scenario.js';
import type { Judged } from './goals.js';
import type { Measured } from './report.js';

const UNITS: readonly (readonly [number, string])[] = [[1e9, 's'], [1e6, 'ms'], [1e3, 'µs']];

/** A time in the unit that fits it, three digits that count: '52.1 ns', '4.70 µs', '70.0 ms'. */
export function formatTime(ns: number): string {
  // A value that rounds up to a thousand belongs to the next unit.
  const [size, unit] = UNITS.find(([least]) => ns >= least * 0.9995) ?? [1, 'ns'];
  return `${threeDigits(ns / size)} ${unit}`;
}

/** What a row reports, in the unit of its scenario. */
export function formatFigure(value: number, unit: Unit = 'ns'): string {
  return unit === 'ns' ? formatTime(value) : `${threeDigits(value / 2 ** 20)} MiB`;
}

/** Operations per second: '19 200 000', '850', '3.2'. */
export function formatRate(nsPerOp: number): string {
  const rate = 1e9 / nsPerOp;
  return rate < 100 ? threeDigits(rate) : Number(rate.toPrecision(3)).toLocaleString('en').replaceAll(',', ' ');
}

export function formatRatio(row: Measured): string {
  if (row.ratio === undefined) return '–';
  return row.isBaseline ? 'baseline' : `${threeDigits(row.ratio)}×`;
}

/** The goals and whether they were reached; empty where there is none. Where nobody was measured to compare with nothing can be said. */
export function formatGoal({ reach, ratio, judged = [] }: Measured, unit: Unit = 'ns'): string {
  const toBaseline = reach === undefined ? [] : [`≥ ${threeDigits(reach)}×${ratio === undefined ? '' : verdict(ratio >= reach)}`];
  return [...toBaseline, ...judged.map((each) => formatJudged(each, unit))].join('; ');
}

function formatJudged({ goal, reached, ratio }: Judged, unit: Unit): string {
  const end = reached === undefined ? '' : verdict(reached);
  switch (goal.kind) {
    case 'most': return `≤ ${formatFigure(goal.value, unit)}${end}`;
    case 'over-baseline': return `≤ baseline + ${formatFigure(goal.value, unit)}${end}`;
    case 'times-node': return `≥ ${threeDigits(goal.ratio)}× of Node's best${ratio === undefined ? '' : ` (${threeDigits(ratio)}×)`}${end}`;
  }
}

function verdict(reached: boolean): string {
  return reached ? ' reached' : ' short';
}

export function formatUnfairness({ unfairness }: Measured): string {
  return unfairness === undefined ? '' : `${threeDigits(unfairness.median)}:1 (worst ${threeDigits(unfairness.worst)}:1)`;
}

function threeDigits(value: number): string {
  if (value >= 99.95) return String(Math.round(value));
  return value >= 9.995 ? value.toFixed(1) : value.toFixed(2);
}
