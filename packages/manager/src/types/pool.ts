/**
 * The referent of a `Pool`: a pool of worker processes that belongs to the server.
 *
 * Functions arrive as names, with a number that the client gave them, and are passed on to the workers as such: the server itself never loads their modules. A client's tasks are aborted when it is gone, and the workers
 * end with the last proxy of the pool.
 *
 * What tasks report goes to clients in answer to `nextProgress`, a call that waits: whoever asked for progress has one of these underway until it gets null.
 */
import type { Transferable } from '@manycore/core';
import { registerName, type TargetName } from '@manycore/core/internal';
import { Pool, type MapProgress, type PoolOptions, type PoolStats, type TaskProgress, type Timeline } from '@manycore/process';
import type { Settled } from '@manycore/process/internal';
import { caller, type CallerClient } from '../server/caller.js';

/** A function that a client names. */
export interface NamedFunction {
  readonly name: TargetName;
  /** The same for the same function of that client. */
  readonly number: number;
}

/** What of the options of a call goes to the server. */
export interface PoolCallOptions {
  readonly timeout?: number | undefined;
  readonly priority?: number | undefined;
  readonly retries?: number | undefined;
  readonly chunkSize?: number | undefined;
  readonly failFast?: boolean | undefined;
  readonly progress?: boolean | undefined;
  /** Under which the client asks what the tasks of this call report. */
  readonly watch?: number | undefined;
}

type Progress = TaskProgress | MapProgress;

/** What was reported for one call and not asked for yet. */
class Reports {
  #events: Progress[] = [];
  #isOver = false;
  #wake: (() => void) | undefined;

  add(event: Progress): void {
    this.#events.push(event);
    this.#wake?.();
  }

  end(): void {
    this.#isOver = true;
    this.#wake?.();
  }

  /** Waits for some; null after the last. */
  async next(): Promise<Progress[] | null> {
    if (this.#events.length === 0 && !this.#isOver) await new Promise<void>((resolve) => (this.#wake = resolve));
    const events = this.#events;
    this.#events = [];
    return events.length === 0 ? null : events;
  }
}

/** What the server knows of a client. */
interface Known {
  readonly functions: Map<number, (...args: never[]) => unknown>;
  readonly reports: Map<number, Reports>;
}

/** The types of the pool's options are not of this package: what is wrong with them says the pool. */
type Untyped = PoolCallOptions & { transfer?: readonly Transferable[] };

/** A pool of workers in a server, for its clients. */
export class PoolReferent {
  readonly #pool: Pool;
  readonly #size: number;
  readonly #clients = new Map<CallerClient, Known>();

  /** @param initializer - by name, as all functions. */
  constructor(processes?: number, options?: PoolOptions | null, initializer?: TargetName | null) {
    this.#pool = new Pool(processes ?? undefined, { ...(options ?? {}), ...(initializer === null || initializer === undefined ? {} : { initializer: standIn(initializer) }) });
    this.#size = this.#pool.stats().workers.length;
  }

  /** How many workers it has. */
  size(): number {
    return this.#size;
  }

  async apply(fn: NamedFunction, args: readonly unknown[], options: Untyped = {}): Promise<unknown> {
    const { client, signal } = caller();
    const { watch, ...rest } = options;
    return this.#watched(client, watch, (onProgress) => this.#pool.apply(this.#functionOf(client, fn), args as never[], { ...rest, signal, ...(onProgress === undefined ? {} : { onProgress }) }));
  }

  async map(fn: NamedFunction, items: readonly unknown[], options: Untyped = {}): Promise<unknown[]> {
    const { client, signal } = caller();
    const { watch, ...rest } = options;
    return this.#watched(client, watch, (onProgress) => this.#pool.map(this.#functionOf(client, fn), items as never[], { ...rest, signal, ...(onProgress === undefined ? {} : { onProgress }) }));
  }

  async starmap(fn: NamedFunction, items: readonly (readonly unknown[])[], options: Untyped = {}): Promise<unknown[]> {
    const { client, signal } = caller();
    const { watch, ...rest } = options;
    return this.#watched(client, watch, (onProgress) => this.#pool.starmap(this.#functionOf(client, fn), items as never[], { ...rest, signal, ...(onProgress === undefined ? {} : { onProgress }) }));
  }

  /** One chunk of `imap`: what became of each of its items. */
  async imapChunk(fn: NamedFunction, items: readonly unknown[], options: PoolCallOptions = {}): Promise<Settled[]> {
    const { client, signal } = caller();
    const results = this.#pool.imap(this.#functionOf(client, fn), items as never[], { ...options, signal, chunkSize: items.length, bufferSize: items.length });
    const settled: Settled[] = [];
    for (let i = 0; i < items.length; i++) {
      try {
        settled.push({ value: ((await results.next()) as IteratorYieldResult<unknown>).value });
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        settled.push({ error });
      }
    }
    return settled;
  }

  /** What a call that is watched has reported since the last time, or will report next; null after its end. */
  async nextProgress(watch: number): Promise<Progress[] | null> {
    const { reports } = this.#known(caller().client);
    const events = (await reports.get(watch)?.next()) ?? null;
    if (events === null) reports.delete(watch);
    return events;
  }

  stats(): PoolStats {
    return this.#pool.stats();
  }

  timeline(): Timeline {
    return this.#pool.timeline();
  }

  close(): void {
    this.#pool.close();
  }

  terminate(): Promise<void> {
    return this.#pool.terminate();
  }

  join(): Promise<void> {
    return this.#pool.join();
  }

  /** Nobody has a proxy any more. */
  [Symbol.dispose](): void {
    void this.#pool.terminate();
  }

  #known(client: CallerClient): Known {
    let known = this.#clients.get(client);
    if (known === undefined) {
      this.#clients.set(client, (known = { functions: new Map(), reports: new Map() }));
      client.holds(() => this.#clients.delete(client));
    }
    return known;
  }

  #functionOf(client: CallerClient, { name, number }: NamedFunction): (...args: never[]) => unknown {
    const { functions } = this.#known(client);
    let fn = functions.get(number);
    if (fn === undefined) functions.set(number, (fn = standIn(name)));
    return fn;
  }

  async #watched<R>(client: CallerClient, watch: number | undefined, start: (onProgress: ((event: Progress) => void) | undefined) => PromiseLike<R>): Promise<R> {
    if (watch === undefined) return start(undefined);
    const { reports } = this.#known(client);
    const report = new Reports();
    reports.set(watch, report);
    try {
      return await start((event) => report.add(event));
    } finally {
      report.end();
    }
  }
}

/** A function that is only to be named. */
function standIn(name: TargetName): (...args: never[]) => unknown {
  const fn = (): never => {
    throw new TypeError('This function only has a name in the server of a manager; it runs in the workers of a pool.');
  };
  registerName(fn, name);
  return fn;
}
