/** A serial and a parallel run of the same tree, side by side. */

import type { RunResult } from './run.js';

export interface Comparison {
  serialMs: number;
  parallelMs: number;
  /** How many times as fast the parallel run was. */
  speedUp: number;
  /** Whether both maps are the same in every number, name and order. */
  equal: boolean;
}

export function compareRuns(serial: RunResult, parallel: RunResult): Comparison {
  return {
    serialMs: serial.elapsedMs,
    parallelMs: parallel.elapsedMs,
    speedUp: serial.elapsedMs / parallel.elapsedMs,
    equal: JSON.stringify(serial.map) === JSON.stringify(parallel.map),
  };
}
