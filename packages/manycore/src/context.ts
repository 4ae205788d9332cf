import * as core from '@manycore/core';
import * as futures from '@manycore/futures';
import * as managers from '@manycore/manager';
import { managerContext } from '@manycore/manager/internal';
import * as processes from '@manycore/process';
import * as queues from '@manycore/queues';
import * as shared from '@manycore/shared';
import * as sync from '@manycore/sync';

type All = typeof core & typeof futures & typeof managers & typeof processes & typeof queues & typeof shared & typeof sync;

/** Every name of this package; what starts processes does so by the method of the context. */
export type Context = Omit<All, keyof processes.Context> &
  Omit<processes.Context, 'getContext'> & {
    /** This context, or that of another method. */
    getContext(this: void, method?: processes.StartMethod | null): Context;
  };

const contexts = new Map<processes.StartMethod, Context>();

/**
 * An object with every name of this package, bound to a start method. The same object each time.
 *
 * @param method - default, also for null: the method in force, which is fixed by this.
 * @throws TypeError for what is no start method.
 * @see Python `multiprocessing.get_context`.
 */
export function getContext(method: processes.StartMethod | null = null): Context {
  const bound = processes.getContext(method);
  const key = bound.getStartMethod();
  let context = contexts.get(key);
  if (context === undefined) {
    const made: Context = Object.freeze({
      ...core,
      ...futures,
      ...managers,
      ...processes,
      ...queues,
      ...shared,
      ...sync,
      ...bound,
      ...managerContext(key),
      ProcessPoolExecutor: boundExecutor(key),
      getContext: (other = null) => (other === null ? made : getContext(other)),
    });
    contexts.set(key, (context = made));
  }
  return context;
}

/** Called ProcessPoolExecutor as well: messages begin with the name. */
function boundExecutor(method: processes.StartMethod): typeof futures.ProcessPoolExecutor {
  const Base = futures.ProcessPoolExecutor;
  return {
    ProcessPoolExecutor: class ProcessPoolExecutor extends Base {
      constructor(options: futures.ProcessPoolExecutorOptions = {}) {
        super(typeof options === 'object' && options !== null ? { ...options, startMethod: options.startMethod ?? method } : options);
      }
    },
  }.ProcessPoolExecutor;
}
