/** Start methods by choice: for the whole program, or one by one through contexts. */
import { InvalidStateError } from '@manycore/core';
import { checkMethod, chooseMethod, chosenMethod, currentMethod } from './context-state.js';
import { cpuCount, processCpuCount } from './cpu-count.js';
import { activeChildren, currentProcess, isMainProcess, parentProcess } from './current.js';
import { Pool, ThreadPool } from './pool/pool.js';
import type { PoolOptions } from './pool/pool-options.js';
import type { ProcessOptions } from './process-options.js';
import { Process } from './process.js';
import { START_METHODS, type StartMethod } from './start/method.js';
import { setForkserverPreload } from './start/preload.js';

/** What this package has, bound to one start method. */
export interface Context {
  /** Starts by the method of the context, unless `startMethod` says otherwise. */
  readonly Process: typeof Process;
  readonly Pool: typeof Pool;
  readonly ThreadPool: typeof ThreadPool;
  readonly activeChildren: typeof activeChildren;
  readonly cpuCount: typeof cpuCount;
  readonly currentProcess: typeof currentProcess;
  readonly isMainProcess: boolean;
  readonly parentProcess: typeof parentProcess;
  readonly processCpuCount: typeof processCpuCount;
  readonly getAllStartMethods: typeof getAllStartMethods;
  readonly setForkserverPreload: typeof setForkserverPreload;
  /** This context, or that of another method. */
  getContext(this: void, method?: StartMethod | null): Context;
  /** The method of the context. */
  getStartMethod(this: void): StartMethod;
  /** @throws InvalidStateError always: the method of a context is what it is. */
  setStartMethod(this: void, method: StartMethod | null, options?: { force?: boolean }): never;
}

const contexts = new Map<StartMethod, Context>();

/**
 * An object with the names of this package, bound to a start method; of the package `manycore`, with all of its names. The same object each
 * time.
 *
 * @param method - default, also for null: the method in force, which is fixed by this.
 * @throws TypeError for what is no start method.
 * @example
 * const { Process } = getContext('thread');
 * await new Process({ target: work }).start().join();
 * @see Python `multiprocessing.get_context`.
 */
export function getContext(method: StartMethod | null = null): Context {
  const checked = method === null ? currentMethod() : checkMethod(method, 'getContext(method)');
  let context = contexts.get(checked);
  if (context === undefined) contexts.set(checked, (context = makeContext(checked)));
  return context;
}

/**
 * Chooses how processes are started that do not say so themselves; once, first of all, behind `if (isMainProcess)`. It holds for this thread;
 * a child begins with the method that it was started by.
 *
 * @param method - null: not chosen, so that the default is found anew.
 * @param options - `force`: also when it was chosen before. Default false.
 * @throws TypeError for what is no start method; InvalidStateError when it was chosen before, which asking for it or starting a process does.
 * @see Python `multiprocessing.set_start_method`.
 */
export function setStartMethod(method: StartMethod | null, { force = false }: { force?: boolean } = {}): void {
  chooseMethod(method === null ? null : checkMethod(method, 'setStartMethod(method)'), force);
}

/**
 * How processes are started that do not say so themselves. Asking fixes it, but with `allowNone`, when the answer may be null.
 *
 * @see Python `multiprocessing.get_start_method`.
 */
export function getStartMethod(options?: { allowNone?: false }): StartMethod;
export function getStartMethod(options: { allowNone?: boolean }): StartMethod | null;
export function getStartMethod({ allowNone = false }: { allowNone?: boolean } = {}): StartMethod | null {
  return allowNone ? (chosenMethod() ?? null) : currentMethod();
}

/** All start methods, the default first; a new array each time. */
export const getAllStartMethods = (): StartMethod[] => [...START_METHODS];

function makeContext(method: StartMethod): Context {
  const context: Context = {
    Process: boundProcess(method),
    Pool: boundPool(method),
    ThreadPool,
    activeChildren,
    cpuCount,
    currentProcess,
    isMainProcess,
    parentProcess,
    processCpuCount,
    getAllStartMethods,
    setForkserverPreload,
    getContext: (other = null) => (other === null ? context : getContext(other)),
    getStartMethod: () => method,
    setStartMethod: () => {
      throw new InvalidStateError(
        `setStartMethod(): this context is that of '${method}' for ever; getContext() gives others, and setStartMethod() of the package changes the default.`,
      );
    },
  };
  return Object.freeze(context);
}

/** Called Process as well: names of processes are made of it. */
function boundProcess(method: StartMethod): typeof Process {
  const Base = Process;
  return {
    Process: class Process<A extends readonly unknown[] = readonly unknown[]> extends Base<A> {
      constructor(options: ProcessOptions<A> = {}) {
        super({ ...options, startMethod: options.startMethod ?? method });
      }
    },
  }.Process;
}

function boundPool(method: StartMethod): typeof Pool {
  const Base = Pool;
  return {
    Pool: class Pool extends Base {
      constructor(processes?: number, options: PoolOptions = {}) {
        super(processes, { ...options, startMethod: options.startMethod ?? method });
      }
    },
  }.Pool;
}
