/** What the workers of a pool or executor are made with, checked and filled in. */
import { describe } from '@manycore/core/internal';
import { currentMethod } from '../context-state.js';
import { START_METHODS, type StartMethod } from '../start/method.js';
import { startSettings, type StartOptions } from '../start/options.js';
import { mustBeFunction, wholeNumber } from './call-options.js';
import type { EngineOptions } from './engine-options.js';
import { checkNice } from './nice.js';
import { affinityOf, type PoolAffinity } from './worker-affinity.js';

export interface WorkerOptions extends Pick<StartOptions, 'env' | 'execArgv'> {
  /** Called in each worker before its first task; a function that another process can name. When it fails, the pool is broken. */
  initializer?: ((...args: never[]) => unknown) | undefined;
  /** Arguments of the initializer. */
  initArgs?: readonly unknown[] | undefined;
  /** A worker is replaced after so many tasks (chunks, of a map); default: never. */
  maxTasksPerChild?: number | undefined;
  /** Bytes of resident memory: a worker that has more after a task is replaced; default: never. Not for threads, which share theirs. */
  maxMemoryPerChild?: number | undefined;
  /** `'spawn'`, `'forkserver'` or `'thread'`. */
  startMethod?: StartMethod | undefined;
  /**
   * The CPUs that workers may run on, by number: one list for each of them, or a list of lists, the first of which is for worker 1 (with more workers than lists it begins again). Default: those of this process.
   * @example new Pool(4, { affinity: [[0, 1], [2, 3]] }) // workers 1 and 3 on CPUs 0 and 1, workers 2 and 4 on 2 and 3
   */
  affinity?: PoolAffinity | undefined;
  /**
   * How far workers step back for other work of the machine, from -20 (first) to 19 (last), as the command `nice`; default: as this process. Less than this process has takes a right. Of a worker process it holds for
   * all threads, of a worker thread for that thread alone; for what they start, too. Linux.
   * @example new Pool(8, { nice: 10 }) // leaves the machine to others as long as these want it
   */
  nice?: number | undefined;
  /** How long a worker or task that is asked to end has for it before it is killed, in milliseconds; default 1000. */
  graceMs?: number | undefined;
}

export const WORKER_OPTIONS = ['initializer', 'initArgs', 'maxTasksPerChild', 'maxMemoryPerChild', 'startMethod', 'affinity', 'nice', 'env', 'execArgv', 'graceMs'] as const;

/** What of an engine's options follows from those. */
type WorkerSettings = Pick<EngineOptions, 'method' | 'settingsOf' | 'initializer' | 'maxTasks' | 'maxMemory' | 'nice' | 'graceMs'>;

/** @param call - how messages begin: `new Pool`. @throws TypeError, RangeError */
export function workerSettings(call: string, options: WorkerOptions): WorkerSettings {
  const { initializer, initArgs = [], maxTasksPerChild = Infinity, maxMemoryPerChild, startMethod = currentMethod(), graceMs = 1000 } = options;
  if (initializer !== undefined) mustBeFunction(initializer, `${call}({ initializer })`);
  if (!Array.isArray(initArgs)) throw new TypeError(`${call}: initArgs must be an array of arguments, got ${describe(initArgs)}.`);
  if (!START_METHODS.includes(startMethod)) throw new TypeError(`${call}: startMethod must be one of ${START_METHODS.join(', ')}, got ${describe(startMethod)}.`);
  if (maxMemoryPerChild !== undefined && startMethod === 'thread') throw new TypeError(`${call}: maxMemoryPerChild is for processes; threads share the memory of theirs.`);
  const settings = startSettings({ env: options.env, execArgv: options.execArgv });
  const cpusOf = affinityOf(options.affinity, `${call}({ affinity })`);
  return {
    method: startMethod,
    settingsOf: (worker) => ({ ...settings, affinity: cpusOf(worker) }),
    initializer: initializer === undefined ? undefined : { fn: initializer, args: initArgs },
    maxTasks: wholeNumber(maxTasksPerChild, `${call}: maxTasksPerChild`, 1),
    maxMemory: maxMemoryPerChild === undefined ? 0 : finiteNumber(maxMemoryPerChild, `${call}: maxMemoryPerChild`, 1),
    nice: checkNice(options.nice, `${call}({ nice })`),
    graceMs: finiteNumber(graceMs, `${call}: graceMs`, 0),
  };
}

/** @param known - names of all options. @throws TypeError for what is no object, or has others. */
export function mustBeOptions(options: unknown, known: readonly string[], call: string): void {
  if (typeof options !== 'object' || options === null) throw new TypeError(`${call}: expected an options object, got ${describe(options)}.`);
  const unknown = Object.keys(options).find((key) => !known.includes(key));
  if (unknown !== undefined) throw new TypeError(`${call}: there is no option ${unknown}. There are: ${known.join(', ')}.`);
}

export function finiteNumber(value: unknown, what: string, least: number): number {
  const number = wholeNumber(value, what, least);
  if (number === Infinity) throw new RangeError(`${what} must be finite.`);
  return number;
}
