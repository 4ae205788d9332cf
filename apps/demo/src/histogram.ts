/** How many files have how many lines: one bucket for 1 line, one for 2 and 3, one for 4 to 7, and so on. */

/** Enough for the lines of a file of `ENORMOUS_BYTES`. */
export const LINE_BUCKETS = 25;

/** `lines` is at least 1. */
export const bucketOf = (lines: number): number => 31 - Math.clz32(lines);

/** `1`, `2–3`, `4–7`. */
export function bucketLabel(bucket: number, format: (value: number) => string): string {
  const from = 2 ** bucket;
  return bucket === 0 ? '1' : `${format(from)}–${format(2 * from - 1)}`;
}

/** The buckets from the first to the last that are not empty, as one character each. */
export function sparkline(buckets: readonly number[]): string {
  const from = buckets.findIndex((files) => files > 0);
  if (from === -1) return '';
  const shown = buckets.slice(from, buckets.findLastIndex((files) => files > 0) + 1);
  const most = Math.max(...shown);
  return shown.map((files) => '▁▂▃▄▅▆▇█'[Math.floor((7 * files) / most)]!).join('');
}
