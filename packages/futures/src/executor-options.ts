/** What the executors of this package are made with, checked and filled in. */
import { describe } from '@manycore/core/internal';
import { finiteNumber, mustBeOptions, WORKER_OPTIONS, wholeNumber, workerSettings, type EngineOptions, type WorkerOptions } from '@manycore/process/internal';

/** Options that both executors take. */
export interface ExecutorOptions {
  /** Workers at most: they are started when a task waits and none is idle. */
  maxWorkers?: number | undefined;
  /** Workers that there are always, started at once; default 0. */
  minWorkers?: number | undefined;
  /** Milliseconds after which a worker that has nothing to do is let go, when there are more than `minWorkers`; default: never. */
  idleTimeout?: number | undefined;
}

/** What becomes of the futures when a worker dies. */
export interface LossOptions {
  /** What the death of a worker does: `'fail-task'`, the default, fails the task it was at with WorkerLostError, and another worker takes its place; `'break'` fails everything with BrokenExecutorError, as CPython does. */
  onWorkerLost?: 'fail-task' | 'break' | undefined;
}

type AnyOptions = ExecutorOptions & LossOptions & WorkerOptions;

const NAMES = ['maxWorkers', 'minWorkers', 'idleTimeout', 'onWorkerLost', ...WORKER_OPTIONS];

/** How the classes differ. */
export interface Face {
  readonly className: string;
  /** Of `maxWorkers`. */
  readonly defaultSize: number;
  /** Workers are called `prefix_0`, `prefix_1` … */
  readonly prefix: string;
}

/** @param known - names of all options. */
export function mustBeExecutorOptions(options: unknown, className: string, known: readonly string[] = NAMES): void {
  mustBeOptions(options, known, `new ${className}`);
}

/** @param options - checked to be an object without other names. @throws TypeError, RangeError */
export function engineOptions({ className, defaultSize, prefix }: Face, options: AnyOptions): EngineOptions {
  const call = `new ${className}`;
  const { maxWorkers = defaultSize, minWorkers = 0, idleTimeout = Infinity, onWorkerLost = 'fail-task' } = options;
  const size = finiteNumber(maxWorkers, `${call}: maxWorkers`, 1);
  const minSize = finiteNumber(minWorkers, `${call}: minWorkers`, 0);
  if (minSize > size) throw new RangeError(`${call}: minWorkers is ${minSize}, which is more than maxWorkers, ${size}.`);
  if (onWorkerLost !== 'fail-task' && onWorkerLost !== 'break') throw new TypeError(`${call}: onWorkerLost must be 'fail-task' or 'break', got ${describe(onWorkerLost)}.`);
  return {
    ...workerSettings(call, options),
    label: className,
    size,
    minSize,
    idleMs: wholeNumber(idleTimeout, `${call}: idleTimeout`, 0),
    onWorkerLost,
    workerName: (worker) => `${prefix}_${worker - 1}`,
  };
}
