/** A serial and a parallel run of the same tree, side by side. */

import { readFileSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { ENORMOUS_BYTES } from './limits.js';
import type { RunResult } from './run.js';
import { codeOf } from './skip.js';
import { walk } from './walk.js';

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

/** A stop is seen after this long at most. */
const SLICE_MS = 50;

/**
 * Reads every file of a tree once, so that the run that is measured first does not pay for the disk on behalf of the second. Resolves early
 * when `stop` is aborted. Files that cannot be read are the measured runs' business.
 */
export async function warmFileCache(root: string, stop: AbortSignal): Promise<void> {
  let sliceEnd = performance.now() + SLICE_MS;
  for (const event of walk(root)) {
    if (performance.now() >= sliceEnd) {
      await setImmediate();
      if (stop.aborted) return;
      sliceEnd = performance.now() + SLICE_MS;
    }
    if ('skip' in event || event.file.size > ENORMOUS_BYTES) continue;
    try {
      readFileSync(`${root}/${event.file.path}`);
    } catch (error) {
      if (codeOf(error) === '') throw error;
    }
  }
}
