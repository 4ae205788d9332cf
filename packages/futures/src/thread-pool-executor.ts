import { describe } from '@manycore/core/internal';
import { processCpuCount } from '@manycore/process';
import type { WorkerOptions } from '@manycore/process/internal';
import { EngineExecutor } from './engine-executor.js';
import { engineOptions, mustBeExecutorOptions, type ExecutorOptions, type LossOptions } from './executor-options.js';

/** Options of a `ThreadPoolExecutor`. */
export interface ThreadPoolExecutorOptions extends ExecutorOptions, LossOptions, Omit<WorkerOptions, 'startMethod' | 'maxMemoryPerChild'> {
  /** Threads are called `prefix_0`, `prefix_1` … (`currentProcess().name`); default `ThreadPoolExecutor-0`, for the next executor `-1` … */
  threadNamePrefix?: string | undefined;
}

/** As CPython: for work that waits more than it computes. */
const defaultSize = (): number => Math.min(32, processCpuCount() + 4);

const NAMES = ['maxWorkers', 'minWorkers', 'idleTimeout', 'onWorkerLost', 'threadNamePrefix', 'initializer', 'initArgs', 'maxTasksPerChild', 'affinity', 'nice', 'env', 'execArgv', 'graceMs'];
let lastNumber = 0;

/**
 * Worker threads that run functions for this one, as `ProcessPoolExecutor`: at most `maxWorkers`, default four more than there are CPUs and no more than 32. Threads share the memory of their process, but each has its
 * own JavaScript: values are copied, modules are loaded anew, and code that computes runs at the same time.
 *
 * @example
 * await using executor = new ThreadPoolExecutor({ maxWorkers: 4, threadNamePrefix: 'thumbnails' });
 * for await (const image of executor.map(resize, files)) show(image);
 *
 * @see Python `concurrent.futures.ThreadPoolExecutor`. Differs: threads compute in parallel and share no objects; `minWorkers`, `idleTimeout`; timeouts, priorities, retries.
 */
export class ThreadPoolExecutor extends EngineExecutor {
  /** @throws TypeError, RangeError for bad options; TargetError for an initializer that cannot be named. */
  constructor(options: ThreadPoolExecutorOptions = {}) {
    const startedAt: { stack?: string } = {};
    Error.captureStackTrace(startedAt, new.target);
    const className = new.target.name || 'ThreadPoolExecutor';
    mustBeExecutorOptions(options, className, NAMES);
    const { threadNamePrefix = '' } = options;
    if (typeof threadNamePrefix !== 'string') throw new TypeError(`new ${className}: threadNamePrefix must be a string, got ${describe(threadNamePrefix)}.`);
    const prefix = threadNamePrefix === '' ? `ThreadPoolExecutor-${lastNumber++}` : threadNamePrefix;
    super(engineOptions({ className, defaultSize: defaultSize(), prefix }, { ...options, startMethod: 'thread' }), startedAt);
  }
}
