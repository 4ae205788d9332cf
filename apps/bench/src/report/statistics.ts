/** What the samples of one row come to. */
export interface Summary {
  readonly count: number;
  readonly min: number;
  readonly p10: number;
  readonly median: number;
  readonly p90: number;
}

/** @throws RangeError without samples, or when one is not a number: there is nothing to say about them. */
export function summarize(samples: readonly number[]): Summary {
  if (samples.length === 0) throw new RangeError('summarize: there are no samples.');
  if (samples.some((sample) => Number.isNaN(sample))) throw new RangeError('summarize: a sample is not a number.');
  const sorted = [...samples].sort((a, b) => a - b);
  const at = (share: number): number => quantile(sorted, share);
  return { count: sorted.length, min: at(0), p10: at(0.1), median: at(0.5), p90: at(0.9) };
}

/** Quantile of sorted samples, linear between the two nearest (type 7, as the statistics packages have it). */
function quantile(sorted: readonly number[], share: number): number {
  const position = (sorted.length - 1) * share;
  const below = Math.floor(position);
  const low = sorted[below] as number;
  const high = sorted[Math.min(below + 1, sorted.length - 1)] as number;
  return low + (high - low) * (position - below);
}

/** How unequal the shares are: the largest to the smallest, which counts as one when it is none. */
export function unfairness(shares: readonly number[]): number {
  return Math.max(...shares) / Math.max(1, Math.min(...shares));
}
