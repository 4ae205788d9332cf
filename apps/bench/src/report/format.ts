import type { Measured } from './report.js';

const UNITS: readonly (readonly [number, string])[] = [[1e9, 's'], [1e6, 'ms'], [1e3, 'µs']];

/** A time in the unit that fits it, three digits that count: '52.1 ns', '4.70 µs', '70.0 ms'. */
export function formatTime(ns: number): string {
  // A value that rounds up to a thousand belongs to the next unit.
  const [size, unit] = UNITS.find(([least]) => ns >= least * 0.9995) ?? [1, 'ns'];
  return `${threeDigits(ns / size)} ${unit}`;
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

/** The ratio to reach and whether it was; empty where there is no goal. Without a baseline nothing can be said. */
export function formatGoal({ reach, ratio }: Measured): string {
  if (reach === undefined) return '';
  const goal = `≥ ${threeDigits(reach)}×`;
  return ratio === undefined ? goal : `${goal} ${ratio >= reach ? 'reached' : 'short'}`;
}

export function formatUnfairness({ unfairness }: Measured): string {
  return unfairness === undefined ? '' : `${threeDigits(unfairness.median)}:1 (worst ${threeDigits(unfairness.worst)}:1)`;
}

function threeDigits(value: number): string {
  if (value >= 99.95) return String(Math.round(value));
  return value >= 9.995 ? value.toFixed(1) : value.toFixed(2);
}
