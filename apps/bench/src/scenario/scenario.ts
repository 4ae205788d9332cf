import type { Outcome, Work } from './work.js';

/** On all CPUs, or everything pinned to one. */
export type Placement = 'free' | 'pinned';

/** Against whom the ratios of a row are: the fastest CPython, or a bare Node. */
export type Baseline = 'cpython' | 'node';

export type Unit = 'ns' | 'bytes';

/**
 * A goal besides the ratio to the baseline. It is judged on all CPUs only.
 *
 * | kind | reached when the median of manycore is |
 * |---|---|
 * | `most` | at most `value` |
 * | `over-baseline` | at most `value` more than the baseline's |
 * | `times-node` | at least `ratio` times as fast as the fastest of what is Node's |
 */
export type Goal =
  | { readonly kind: 'most'; readonly value: number }
  | { readonly kind: 'over-baseline'; readonly value: number }
  | { readonly kind: 'times-node'; readonly ratio: number };

/** What the rows of a scenario report when it is not the time per operation; less is better, and the ratios are of this. */
export interface Figure {
  readonly name: string;
  /** What it is in: nanoseconds when absent. */
  readonly unit?: Unit;
  /** Asked only about outcomes that `verify` has found right. */
  of(outcome: Outcome): number;
}

/** One thing that is measured, the same for every contender. */
export interface Scenario {
  readonly id: string;
  readonly title: string;
  /** What one operation is; the reported time is per operation, unless there is a `figure`. */
  readonly operation: string;
  readonly figure?: Figure;
  readonly baseline: Baseline;
  /** Ratio that manycore is to reach, per placement; absent where none was set. */
  readonly reach?: Readonly<Record<Placement, number>>;
  readonly goals?: readonly Goal[];
  /** The order for the measuring programs; `quick` asks for about a tenth of it. */
  work(quick: boolean): Work;
  /** Says what is wrong with an outcome; undefined when it counts. */
  verify(outcome: Outcome, work: Work): string | undefined;
}

/** A tenth of the operations for a quick run, which shows that all is well and not how fast it is: a compiler is hardly done with what is hot by then. The warm-up is a quarter. */
export function amount(operations: number, quick: boolean): Pick<Work, 'operations' | 'warmup'> {
  const timed = quick ? Math.max(2, Math.ceil(operations / 10)) : operations;
  return { operations: timed, warmup: Math.ceil(timed / 4) };
}
