/** What a pool is made with, checked and filled in. */
import { describe } from '@manycore/core/internal';
import { processCpuCount } from '../cpu-count.js';
import { checkName } from '../process-options.js';
import { START_METHODS, type StartMethod } from '../start/method.js';
import { startSettings, type StartOptions } from '../start/options.js';
import { mustBeFunction, wholeNumber } from './call-options.js';
import type { EngineOptions } from './engine-options.js';

export interface PoolOptions extends Pick<StartOptions, 'env' | 'execArgv'> {
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
  /** Workers are called `name-1`, `name-2` …; default `PoolWorker-1` … */
  name?: string | undefined;
  /** How long a worker or task that is asked to end has for it before it is killed, in milliseconds; default 1000. */
  graceMs?: number | undefined;
}

const KNOWN = new Set(['initializer', 'initArgs', 'maxTasksPerChild', 'maxMemoryPerChild', 'startMethod', 'name', 'affinity', 'env', 'execArgv', 'graceMs']);

/** @param className - `Pool` or `ThreadPool`. @throws TypeError, RangeError */
export function poolOptions(className: string, processes: unknown, options: PoolOptions, defaultMethod: StartMethod): EngineOptions {
  const call = `new ${className}`;
  if (typeof options !== 'object' || options === null) throw new TypeError(`${call}(processes, options): expected an options object, got ${describe(options)}.`);
  const unknown = Object.keys(options).find((key) => !KNOWN.has(key));
  if (unknown !== undefined) throw new TypeError(`${call}: there is no option ${unknown}. There are: ${[...KNOWN].join(', ')}.`);
  const { initializer, initArgs = [], maxTasksPerChild = Infinity, maxMemoryPerChild, startMethod = defaultMethod, name, graceMs = 1000 } = options;
  if (initializer !== undefined) mustBeFunction(initializer, `${call}({ initializer })`);
  if (!Array.isArray(initArgs)) throw new TypeError(`${call}: initArgs must be an array of arguments, got ${describe(initArgs)}.`);
  if (!START_METHODS.includes(startMethod)) throw new TypeError(`${call}: startMethod must be one of ${START_METHODS.join(', ')}, got ${describe(startMethod)}.`);
  if (maxMemoryPerChild !== undefined && startMethod === 'thread') throw new TypeError(`${call}: maxMemoryPerChild is for processes; threads share the memory of theirs.`);
  const settings = startSettings(options);
  const prefix = name === undefined ? `${className}Worker` : checkName(name, `${call}({ name })`);
  return {
    label: name === undefined ? className : `${className} '${name}'`,
    size: finite(processes ?? processCpuCount(), `${call}: processes`, 1),
    method: startMethod,
    settingsOf: () => settings,
    workerName: (worker) => `${prefix}-${worker}`,
    initializer: initializer === undefined ? undefined : { fn: initializer, args: initArgs },
    maxTasks: wholeNumber(maxTasksPerChild, `${call}: maxTasksPerChild`, 1),
    maxMemory: maxMemoryPerChild === undefined ? 0 : finite(maxMemoryPerChild, `${call}: maxMemoryPerChild`, 1),
    graceMs: finite(graceMs, `${call}: graceMs`, 0),
  };
}

function finite(value: unknown, what: string, least: number): number {
  const number = wholeNumber(value, what, least);
  if (number === Infinity) throw new RangeError(`${what} must be finite.`);
  return number;
}
