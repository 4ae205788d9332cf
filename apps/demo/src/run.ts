/** What a serial and a parallel run have in common: what they are given, what they tell while they run, what they give back. */

import { LINE_BUCKETS } from './histogram.js';
import type { SlowestFile } from './parallel/slowest.js';
import type { Counted } from './parallel/tally.js';
import type { CodeMap } from './summarize.js';
import type { Lane } from './timeline.js';

/** How far a run is. */
export interface Snapshot extends Counted {
  /** Files the walk has found so far; final once `walking` is false. */
  found: number;
  foundBytes: number;
  walking: boolean;
}

export const nothingYet = (): Snapshot => ({
  found: 0,
  foundBytes: 0,
  walking: true,
  files: 0,
  skipped: 0,
  bytes: 0,
  lines: 0,
  identifiers: 0,
  histogram: new Array<number>(LINE_BUCKETS).fill(0),
});

export interface RunOptions {
  /** Aborted by the user: no further file is begun. */
  stop: AbortSignal;
  /** Given a way to ask for the state of the run, which may be asked at any time until the run is over. */
  observe(snapshot: () => Snapshot): void;
}

export interface LostWorker {
  name: string;
  pid: number;
  /** `exit code 1` or `signal SIGKILL`; `cause not known` of one that had no files in hand. */
  how: string;
  /** Files it had in hand, which were given to others. */
  filesPutBack: number;
}

export interface RunResult {
  map: CodeMap;
  mode: 'serial' | 'parallel';
  workers: number;
  elapsedMs: number;
  walkMs: number;
  /** How many files were counted by this run: all, or with `--watch` those that had changed. */
  counted: number;
  /** How many were in the map of the run before and are no more. */
  gone: number;
  /** True when the run was stopped before all files were handled. */
  partial: boolean;
  /** Files the walk had found that nobody came to. */
  notReached: number;
  lanes: Lane[];
  slowest: SlowestFile | null;
  lostWorkers: LostWorker[];
  /** Whether what the workers counted in shared memory agrees with the table; null without workers, and for a run that counted only what had changed. */
  sharedTotalAgrees: boolean | null;
}
