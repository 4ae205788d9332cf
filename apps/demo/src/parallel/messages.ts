/** What goes through the two queues of a parallel run, and what a worker is started with. */

import type { Lock, Queue } from 'manycore';
import type { BatchResult } from '../batch-result.js';

export interface WorkItem {
  id: number;
  /** Relative to the root. */
  paths: string[];
}

export type WorkerMessage =
  | { kind: 'ready'; worker: number; at: number }
  | { kind: 'batch'; worker: number; id: number; result: BatchResult }
  /** Put by the parent when the process is gone: everything the worker sent stands in the queue before it. */
  | { kind: 'ended'; worker: number; at: number };

export interface WorkerTask {
  worker: number;
  root: string;
  work: Queue<WorkItem>;
  results: Queue<WorkerMessage>;
  lock: Lock;
  /** Memory of the `ControlBoard`. */
  control: Uint8Array;
  /** Memory of the `LiveTotals`. */
  totals: Uint8Array;
}
