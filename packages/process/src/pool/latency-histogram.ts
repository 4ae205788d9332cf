/**
 * How long things took, counted in buckets: memory of a fixed size, whatever the number of values, and percentiles that are right to some 3 %.
 *
 * Values are whole ticks (clock.ts). Those below 32 have a bucket of their own; above, each power of two is cut into 16 equal buckets:
 *
 * | value       | bucket                                    | width |
 * | ----------- | ----------------------------------------- | ----- |
 * | 0..31       | the value                                 | 1     |
 * | 2^e ..      | 32 + (e - 5) * 16 + the 4 bits behind the highest | 2^(e-4) |
 *
 * Idea: HdrHistogram (Gil Tene).
 */
import { msBetween } from './clock.js';

const EXACT = 32;
const EXACT_BITS = 5;
const PARTS_BITS = 4;
const PARTS = 1 << PARTS_BITS;
const BUCKETS = EXACT + (31 - EXACT_BITS) * PARTS;

export class LatencyHistogram {
  /** Counts beyond what a small integer holds stay exact. */
  readonly #counts = new Float64Array(BUCKETS);
  #total = 0;
  #max = 0;

  /** @param ticks - below 0 counts as 0. */
  add(ticks: number): void {
    const value = ticks < 0 ? 0 : ticks;
    this.#counts[bucketOf(value)]!++;
    this.#total++;
    if (value > this.#max) this.#max = value;
  }

  /** Milliseconds; 0 as long as nothing was added. */
  get max(): number {
    return msBetween(0, this.#max);
  }

  /** Milliseconds that so large a share of the values took at most; 0 as long as nothing was added. */
  percentile(share: number): number {
    let left = Math.ceil(share * this.#total);
    if (left === 0) return 0;
    for (let bucket = 0; ; bucket++) {
      left -= this.#counts[bucket]!;
      if (left <= 0) return msBetween(0, Math.min(middleOf(bucket), this.#max));
    }
  }
}

function bucketOf(value: number): number {
  if (value < EXACT) return value;
  const exponent = 31 - Math.clz32(value);
  return EXACT + (exponent - EXACT_BITS) * PARTS + ((value >>> (exponent - PARTS_BITS)) - PARTS);
}

function middleOf(bucket: number): number {
  if (bucket < EXACT) return bucket;
  const exponent = Math.floor((bucket - EXACT) / PARTS) + EXACT_BITS;
  const part = (bucket - EXACT) % PARTS;
  const width = 2 ** (exponent - PARTS_BITS);
  return Math.round((PARTS + part) * width + (width - 1) / 2);
}
