/** What the executor suite needs of an executor and its futures. It names no process: the same cases hold for one whose workers are elsewhere. */
import type { Cancellable } from './contract.js';
import type { TaskGate } from './executor-tasks.js';

export { caught } from '../caught.js';

export interface FutureLike<T = unknown> extends PromiseLike<T> {
  readonly state: string;
  cancel(): boolean;
  cancelAsync(): Promise<boolean>;
  cancelled(): boolean;
  running(): boolean;
  done(): boolean;
  abort(reason?: unknown): boolean;
  result(options?: Cancellable): Promise<T>;
  exception(options?: Cancellable): Promise<unknown>;
  addDoneCallback(callback: (future: never) => void): void;
}

export interface ResultsLike extends AsyncIterableIterator<unknown> {
  next(options?: Cancellable): Promise<IteratorResult<unknown>>;
  return(): Promise<IteratorResult<unknown>>;
}

export interface ExecutorLike extends AsyncDisposable {
  submit(fn: (...args: never[]) => unknown, ...args: unknown[]): FutureLike;
  map(fn: (...args: never[]) => unknown, ...iterables: (Iterable<unknown> | AsyncIterable<unknown>)[]): ResultsLike;
  with(options: { timeout?: number; signal?: AbortSignal; priority?: number; chunkSize?: number; bufferSize?: number }): ExecutorLike;
  shutdown(options?: Cancellable & { wait?: boolean; cancelFutures?: boolean }): Promise<void>;
}

/** A task that waits: `begun` resolves when it runs, `open` lets it end. */
export interface Gate {
  /** For the task. */
  readonly theirs: TaskGate;
  begun(): Promise<void>;
  open(): Promise<void>;
}

export interface ExecutorKit {
  /** One worker, used by all cases, which leave it idle. */
  readonly executor: ExecutorLike;
  /** A new one. A worker that goes on with a task that was given up is ended after `graceMs`. */
  make(options: { maxWorkers: number; graceMs?: number }): ExecutorLike;
  gate(): Gate;
}

export interface ExecutorCase {
  readonly title: string;
  run(kit: ExecutorKit): Promise<void>;
}

export const CANCELLED = 'ERR_MANYCORE_CANCELLED';
export const CLOSED = 'ERR_MANYCORE_CLOSED';

export const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

export async function listOf(results: AsyncIterable<unknown>): Promise<unknown[]> {
  const list: unknown[] = [];
  for await (const result of results) list.push(result);
  return list;
}
