/** What a serial and a parallel run have in common: what they are given, what they tell while they run, what they give back. */

import type { CodeMap } from './aggregate.js';
import type { Lane } from './timeline.js';

export interface Snapshot {
  /** Files the walk has found so far; final once `walking` is false. */
  found: number;
  foundBytes: number;
  walking: boolean;
  files: number;
  skipped: number;
  bytes: number;
  lines: number;
}

export interface RunOptions {
  /** An absolute path. */
  root: string;
  /** Aborted by the user: no further file is begun. */
  stop: AbortSignal;
  /** Given a way to ask for the state of the run, which may be asked at any time until the run is over. */
  watch(snapshot: () => Promise<Snapshot>): void;
}

export interface LostWorker {
  name: string;
  pid: number;
  /** `exit code 1` or `signal SIGKILL`. */
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
  /** True when the run was stopped before all files were handled. */
  partial: boolean;
  /** Files the walk had found that nobody came to. */
  notReached: number;
  lanes: Lane[];
  lostWorkers: LostWorker[];
  /** Whether the total that the workers kept in shared memory agrees with the sum of their results; null without workers. */
  sharedTotalAgrees: boolean | null;
}
