/** What an engine is made with: checked and filled in by its faces, the pools and executors. */
import type { StartMethod } from '../start/method.js';
import type { StartSettings } from '../start/options.js';

export interface Initializer {
  readonly fn: Function;
  readonly args: readonly unknown[];
}

export interface EngineOptions {
  /** How messages call it: `Pool`, or `Pool 'render'`. */
  readonly label: string;
  /** Workers at most. */
  readonly size: number;
  /** Workers that there are always; more are started while tasks wait. */
  readonly minSize: number;
  /** Milliseconds after which a worker that has nothing to do is let go, when there are more than `minSize`; Infinity: never. */
  readonly idleMs: number;
  /** What a worker's death takes along: the task it was at, or everything. */
  readonly onWorkerLost: 'fail-task' | 'break';
  readonly method: StartMethod;
  /** Of the worker with that number. */
  readonly settingsOf: (worker: number) => StartSettings;
  readonly workerName: (worker: number) => string;
  readonly initializer: Initializer | undefined;
  /** Tasks after which a worker is replaced; Infinity: never. */
  readonly maxTasks: number;
  /** Bytes of RSS from which on a worker is replaced; 0: never. */
  readonly maxMemory: number;
  /** Priority that the system gives workers; undefined: as this process. */
  readonly nice: number | undefined;
  /** How long a worker that should end, or whose task should, is given before it is killed. */
  readonly graceMs: number;
}
