import type { WaitOptions } from '@manycore/core';
import { describe, nameTarget } from '@manycore/core/internal';
import { AsyncResult, type ApplyOptions, type ImapOptions, type MapOptions, type MapProgress, type PoolOptions, type PoolStats, type TaskProgress, type Timeline } from '@manycore/process';
import { isAsyncIterable, isIterable, isolated, mustBeFunction, REJECT, RESOLVE, taskOptions, wholeNumber, type Input, type Settled } from '@manycore/process/internal';
import { registerProxyClass } from '../client/proxy-classes.js';
import { RemoteObject } from '../remote-object.js';
import type { NamedFunction, PoolCallOptions, PoolReferent } from './pool.js';
import { RemoteImapIterator } from './remote-imap.js';

type Fn<A extends readonly unknown[], R> = (...args: A) => R | PromiseLike<R>;
/** Buffers are copied on their way to the server, and contexts do not go through it. */
type Local = 'transfer' | 'context';
/** Options of `apply` of a managed pool. */
export type RemoteApplyOptions<R> = Omit<ApplyOptions<R>, Local>;
/** Options of `map` of a managed pool. */
export type RemoteMapOptions<R> = Omit<MapOptions<R>, Local>;
/** Options of `imap` of a managed pool. */
export type RemoteImapOptions = Omit<ImapOptions, Local>;

/** Of `apply` or `map`; which of them is the caller's business. */
type AnyOptions<R> = Omit<RemoteApplyOptions<R>, 'onProgress'> & { readonly onProgress?: ((progress: never) => void) | undefined };

/** Functions by number, so that the server knows one again. */
const numbers = new WeakMap<Function, NamedFunction>();
let lastNumber = 0;
let lastWatch = 0;

/**
 * Worker processes of the server of a manager, which run functions for its clients, also for those on another machine. Functions are named, and must be found where the workers are.
 *
 * The same calls as of `Pool`. Each client's tasks are aborted when it is gone. Callbacks run here; the bar of `progress` is drawn by the server, on its stderr.
 *
 * @see Python `SyncManager.Pool`. Differs: as `Pool`; promises.
 */
export class PoolProxy extends RemoteObject<PoolReferent> {
  #size: Promise<number> | undefined;

  /**
   * Calls `fn` with `args` in a worker.
   * @returns the result to come. It rejects with what the function threw; SerializationError, WorkerLostError, TaskTimeoutError, CancelledError; ClosedError when the pool takes no more work; the signal's reason; ManagerError when
   *   the server is gone.
   * @throws TargetError for a function that cannot be named; TypeError, RangeError for bad options.
   */
  apply<A extends readonly unknown[], R>(fn: Fn<A, R>, args?: A, options: RemoteApplyOptions<R> = {}): AsyncResult<R> {
    const call = 'Pool.apply';
    if (args !== undefined && !Array.isArray(args)) throw new TypeError(`${call}(fn, args): expected an array of arguments, got ${describe(args)}.`);
    return this.#result('apply', named(fn, call), args ?? [], options, call);
  }

  /** The same as `apply`. */
  applyAsync<A extends readonly unknown[], R>(fn: Fn<A, R>, args?: A, options?: RemoteApplyOptions<R>): AsyncResult<R> {
    return this.apply(fn, args, options);
  }

  /**
   * Calls `fn` with each item, and with nothing else, in the workers; the results come in the order of the items. The whole input is read first, and goes to the server in one message: for long ones, `imap`.
   * @returns the array to come. When items fail, it rejects after everything else is done, with the error of the first of them (`failFast`: at once).
   */
  map<T, R>(fn: (item: T) => R | PromiseLike<R>, items: Input<T>, options: RemoteMapOptions<R> = {}): AsyncResult<R[]> {
    return this.#map('map', fn, items, options);
  }

  mapAsync<T, R>(fn: (item: T) => R | PromiseLike<R>, items: Input<T>, options: RemoteMapOptions<R> = {}): AsyncResult<R[]> {
    return this.#map('map', fn, items, options);
  }

  /** As `map`, of lists of arguments. */
  starmap<A extends readonly unknown[], R>(fn: Fn<A, R>, items: Input<A>, options: RemoteMapOptions<R> = {}): AsyncResult<R[]> {
    return this.#map('starmap', fn, items, options);
  }

  starmapAsync<A extends readonly unknown[], R>(fn: Fn<A, R>, items: Input<A>, options: RemoteMapOptions<R> = {}): AsyncResult<R[]> {
    return this.#map('starmap', fn, items, options);
  }

  /** As `map`, giving the results one by one in the order of the items. The input, which may be endless, is pulled, here, as the results are asked for. */
  imap<T, R>(fn: (item: T) => R | PromiseLike<R>, items: Input<T>, options: RemoteImapOptions = {}): RemoteImapIterator<R> {
    return this.#imap(fn, items, options, true, 'Pool.imap');
  }

  /** As `imap`, in the order in which results come. */
  imapUnordered<T, R>(fn: (item: T) => R | PromiseLike<R>, items: Input<T>, options: RemoteImapOptions = {}): RemoteImapIterator<R> {
    return this.#imap(fn, items, options, false, 'Pool.imapUnordered');
  }

  /** Numbers of the pool and its workers at this moment, as of a `Pool`. */
  stats(): Promise<PoolStats> {
    return this.call('stats');
  }

  /** What each worker did and when, as of a `Pool`. */
  timeline(): Promise<Timeline> {
    return this.call('timeline');
  }

  /** Takes no more work, of any client; what it has is done, and then the workers end. */
  close(): Promise<void> {
    return this.call('close');
  }

  /** Ends all workers now; what is not done, of any client, rejects with CancelledError. Resolves when they have ended. */
  terminate(): Promise<void> {
    return this.call('terminate');
  }

  /** Waits for the workers to end, after `close` or `terminate`. @throws InvalidStateError while the pool takes work; the signal's reason when aborted. */
  join(options?: Pick<WaitOptions, 'signal'>): Promise<void> {
    return this.call('join', options === undefined ? [] : [options]);
  }

  /** As `terminate`. @see Python `Pool.__exit__`. */
  override async [Symbol.asyncDispose](): Promise<void> {
    await this.terminate();
    await super[Symbol.asyncDispose]();
  }

  #map<R>(method: 'map' | 'starmap', fn: Function, items: Input<unknown>, options: RemoteMapOptions<R>): AsyncResult<R[]> {
    const call = `Pool.${method}`;
    const name = named(fn, call);
    mustBeInput(items, call);
    if (options.chunkSize !== undefined) wholeNumber(options.chunkSize, `${call}: chunkSize`, 1);
    return this.#result(method, name, isAsyncIterable(items) ? listOf(items) : [...(items as Iterable<unknown>)], options, call);
  }

  #imap<R>(fn: Function, items: Input<unknown>, options: RemoteImapOptions, isOrdered: boolean, call: string): RemoteImapIterator<R> {
    const name = named(fn, call);
    mustBeInput(items, call);
    const { timeout, priority, retries, signal, chunkSize = 1, bufferSize } = checked(options, call);
    wholeNumber(chunkSize, `${call}: chunkSize`, 1);
    const size = bufferSize === undefined ? (this.#size ??= this.call<number>('size')).then((workers) => 4 * workers * chunkSize) : Promise.resolve(wholeNumber(bufferSize, `${call}: bufferSize`, 1));
    const sent: PoolCallOptions = { timeout, priority, retries };
    const run = (chunk: unknown[], stop: AbortSignal): Promise<Settled[]> => this.call('imapChunk', [name, chunk, { ...sent, signal: stop }]);
    return new RemoteImapIterator<R>({ input: items, chunkSize, bufferSize: size, isOrdered, signal, run });
  }

  #result<R>(method: string, name: NamedFunction, input: readonly unknown[] | Promise<unknown[]>, options: AnyOptions<R>, call: string): AsyncResult<R> {
    const { callback, errorCallback, onProgress, ...sent } = checked(options, call);
    for (const [key, fn] of Object.entries({ callback, errorCallback, onProgress })) if (fn !== undefined) mustBeFunction(fn, `${call}: ${key}`);
    const watch = onProgress === undefined ? undefined : ++lastWatch;
    const result = new AsyncResult<R>();
    void (async (): Promise<void> => {
      try {
        // Sent at once, where that can be: calls keep their order.
        const list = input instanceof Promise ? await input : input;
        const underway = this.call<R>(method, [name, list, watch === undefined ? sent : { ...sent, watch }]);
        if (watch !== undefined) {
          // How it ends is looked at behind the reports.
          underway.catch(() => undefined);
          await this.#report(watch, onProgress as (progress: TaskProgress | MapProgress) => void);
        }
        const value = await underway;
        if (callback !== undefined) isolated(callback, value);
        result[RESOLVE](value);
      } catch (error) {
        if (errorCallback !== undefined) isolated(errorCallback, error);
        result[REJECT](error);
      }
    })();
    return result;
  }

  /** Calls the user's function with what the tasks report, until there is no more. */
  async #report(watch: number, onProgress: (progress: TaskProgress | MapProgress) => void): Promise<void> {
    for (;;) {
      const events = await this.call<(TaskProgress | MapProgress)[] | null>('nextProgress', [watch]);
      if (events === null) return;
      for (const event of events) isolated(onProgress, event);
    }
  }
}

/** The arguments of a creation, before they are sent: the initializer goes by name. */
export function preparePool([processes, options]: readonly unknown[]): readonly unknown[] {
  const { initializer, ...rest } = (options ?? {}) as PoolOptions;
  return [processes, rest, initializer === undefined ? null : nameTarget(initializer, 'Pool({ initializer })')];
}

function named(fn: Function, call: string): NamedFunction {
  mustBeFunction(fn, `${call}(fn)`);
  let known = numbers.get(fn);
  if (known === undefined) numbers.set(fn, (known = { name: nameTarget(fn, `${call}(fn)`), number: ++lastNumber }));
  return known;
}

/** @throws TypeError, RangeError */
function checked<O extends object>(options: O, call: string): O {
  taskOptions(options, call);
  for (const key of ['transfer', 'context']) {
    if ((options as Record<string, unknown>)[key] !== undefined) throw new TypeError(`${call}: ${key} is not possible for a pool in a server. Buffers are copied on the way there, and contexts stay here.`);
  }
  return options;
}

async function listOf(items: AsyncIterable<unknown>): Promise<unknown[]> {
  const list: unknown[] = [];
  for await (const item of items) list.push(item);
  return list;
}

function mustBeInput(items: unknown, call: string): void {
  if (!isIterable(items) && !isAsyncIterable(items)) throw new TypeError(`${call}(fn, items): expected an iterable, synchronous or not, got ${describe(items)}.`);
}

registerProxyClass(PoolProxy, 'manycore.PoolProxy', import.meta.url);
