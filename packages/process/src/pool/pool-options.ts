/** What a pool is made with, checked and filled in. */
import { processCpuCount } from '../cpu-count.js';
import { checkName } from '../process-options.js';
import type { EngineOptions } from './engine-options.js';
import { finiteNumber, mustBeOptions, WORKER_OPTIONS, workerSettings, type WorkerOptions } from './worker-options.js';

/** Options of a `Pool` and a `ThreadPool`. */
export interface PoolOptions extends WorkerOptions {
  /** Workers are called `name-1`, `name-2` …; default `PoolWorker-1` … */
  name?: string | undefined;
}

/** @param className - `Pool` or `ThreadPool`. @throws TypeError, RangeError */
export function poolOptions(className: string, processes: unknown, options: PoolOptions): EngineOptions {
  const call = `new ${className}`;
  mustBeOptions(options, [...WORKER_OPTIONS, 'name'], `${call}(processes, options)`);
  const { name } = options;
  const size = finiteNumber(processes ?? processCpuCount(), `${call}: processes`, 1);
  const prefix = name === undefined ? `${className}Worker` : checkName(name, `${call}({ name })`);
  return {
    ...workerSettings(call, options),
    label: name === undefined ? className : `${className} '${name}'`,
    size,
    minSize: size,
    idleMs: Infinity,
    onWorkerLost: 'fail-task',
    workerName: (worker) => `${prefix}-${worker}`,
  };
}
