/** The result as JSON: `map` depends on the tree alone, `run` on this run of it. */

import type { Comparison } from './compare.js';
import type { RunResult } from './run.js';

export function jsonSummary(root: string, result: RunResult, comparison: Comparison | null): string {
  const { map, ...run } = result;
  return `${JSON.stringify({ root, map, run, comparison }, null, 2)}\n`;
}
