import { processCpuCount } from '@manycore/process';
import type { WorkerOptions } from '@manycore/process/internal';
import { EngineExecutor } from './engine-executor.js';
import { engineOptions, mustBeExecutorOptions, type ExecutorOptions, type LossOptions } from './executor-options.js';

/** Options of a `ProcessPoolExecutor`. */
export interface ProcessPoolExecutorOptions extends ExecutorOptions, LossOptions, WorkerOptions {}

let lastNumber = 0;

/**
 * Worker processes that run functions for this one, and give futures for their results. They are started when tasks wait, up to `maxWorkers` (default `processCpuCount()`), used again, replaced when they die, and end with
 * this process; an idle executor does not keep it alive. It is the machinery of `Pool` behind another face: a worker runs one task at a time, and functions are named as the target of a `Process`.
 *
 * @example
 * await using executor = new ProcessPoolExecutor({ maxWorkers: 4 });
 * const future = executor.submit(parse, text);
 * console.log(await future);
 *
 * @see Python `concurrent.futures.ProcessPoolExecutor`. Differs: a dead worker fails its task, unless `onWorkerLost` is `'break'`; `minWorkers`, `idleTimeout`; timeouts, priorities, retries; any start method, threads included.
 */
export class ProcessPoolExecutor extends EngineExecutor {
  /** @throws TypeError, RangeError for bad options; TargetError for an initializer that cannot be named; ProcessError when the system refuses `minWorkers` processes. */
  constructor(options: ProcessPoolExecutorOptions = {}) {
    const startedAt: { stack?: string } = {};
    Error.captureStackTrace(startedAt, new.target);
    const className = new.target.name || 'ProcessPoolExecutor';
    mustBeExecutorOptions(options, className);
    super(engineOptions({ className, defaultSize: processCpuCount(), prefix: `ProcessPoolExecutor-${lastNumber++}` }, options), startedAt);
  }

  /**
   * Ends the workers now, after `graceMs` by force, and takes no more calls: what is not done fails with CancelledError.
   * @returns when they have ended.
   * @see Python `ProcessPoolExecutor.terminate_workers`, which returns at once. Differs: running tasks fail with CancelledError, not BrokenProcessPool.
   */
  async terminateWorkers(): Promise<void> {
    await this.terminate();
  }

  /** The same by force at once. @see Python `ProcessPoolExecutor.kill_workers` */
  async killWorkers(): Promise<void> {
    await this.kill();
  }
}
