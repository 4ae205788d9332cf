/**
 * One `map`: chunks in, one array out. Chunks are made and given to the engine as others are done, so that a map over a million items has a few hundred tasks at any moment.
 *
 * It ends when every chunk has; then it fails with the error of the first item, in the order of the input, that failed. With `failFast` it fails at the first error that comes, and what is left is given up.
 */
import { CancelledError } from '@manycore/core';
import { contextFlag, withContext, type CarriedContext } from './carried-context.js';
import { MOST_AT_ONCE } from './chunks.js';
import { ticks } from './clock.js';
import type { Engine } from './engine.js';
import type { Feeder } from './feeder.js';
import type { Operation } from './protocol.js';
import { Task, type TaskListener, type TaskOptions } from './task.js';

/** Chunks that are with the engine at a time, for each worker. */
const CHUNKS_PER_WORKER = 64;

export interface MapOrder {
  readonly engine: Engine;
  readonly operation: Operation;
  readonly fn: number;
  readonly items: readonly unknown[];
  /** Whether the caller has `items` too, and may change it once `start` has returned. */
  readonly isShared: boolean;
  readonly chunkSize: number;
  readonly options: TaskOptions;
  readonly context: CarriedContext | undefined;
  readonly failFast: boolean;
  readonly origin: { readonly stack?: string };
  readonly listener: MapListener;
}

export interface MapListener {
  done(results: unknown[]): void;
  failed(error: unknown): void;
  /** After each chunk, and for what a task reported. */
  progress?(done: number, total: number, taskId: number, value?: unknown): void;
}

export class MapRun implements TaskListener, Feeder {
  readonly #order: MapOrder;
  readonly #results: (readonly unknown[] | undefined)[] = [];
  /** Of chunks that are with the engine: their numbers. */
  readonly #underway = new Map<Task, number>();
  readonly #count: number;
  /** What chunks are still to be made of. */
  #items: readonly unknown[];
  #next = 0;
  #doneItems = 0;
  #failure: { readonly chunk: number; readonly error: unknown } | undefined;
  #isOver = false;

  constructor(order: MapOrder) {
    this.#order = order;
    this.#items = order.items;
    this.#count = order.items.length;
  }

  start(): void {
    this.#order.engine.beginFeeding(this);
    this.#feed();
    // Mostly all of it is in chunks by now, and a copy of a long array costs more than its tasks: new pages are slow.
    if (this.#hasMore && this.#order.isShared) this.#items = this.#items.slice();
  }

  engineCloses(): void {
    // It has all of its input already, and goes on.
  }

  done(value: unknown, task: Task): void {
    const results = value as readonly unknown[];
    const chunk = this.#ended(task);
    if (chunk === undefined) return;
    this.#results[chunk] = results;
    this.#doneItems += results.length;
    this.#order.listener.progress?.(this.#doneItems, this.#count, task.id);
    this.#feed();
  }

  mixed(): void {
    // Chunks of a map end with their first error.
  }

  progress(value: unknown, task: Task): void {
    if (!this.#isOver) this.#order.listener.progress?.(this.#doneItems, this.#count, task.id, value);
  }

  failed(error: unknown, task: Task): void {
    const chunk = this.#ended(task);
    if (chunk === undefined) return;
    if (this.#failure === undefined || chunk < this.#failure.chunk) this.#failure = { chunk, error };
    const { engine, failFast, options } = this.#order;
    // What was aborted as a whole, or can never be done, is not worth waiting for.
    if (failFast || options.signal?.aborted === true || engine.isOver) this.#end();
    else this.#feed();
  }

  /** The number of the chunk, unless nobody wants to know any more. */
  #ended(task: Task): number | undefined {
    const chunk = this.#underway.get(task);
    this.#underway.delete(task);
    return this.#isOver ? undefined : chunk;
  }

  #feed(): void {
    const { engine, operation, fn, chunkSize, options, context, origin } = this.#order;
    const most = engine.options.size * CHUNKS_PER_WORKER;
    while (this.#underway.size < most && this.#hasMore) {
      const chunk = this.#next++;
      const input = withContext(this.#items.slice(chunk * chunkSize, (chunk + 1) * chunkSize), context);
      const task = new Task(operation, contextFlag(context), fn, input, 'items', options, this, origin, ticks());
      this.#underway.set(task, chunk);
      engine.submit(task);
    }
    if (this.#underway.size === 0) this.#end();
  }

  get #hasMore(): boolean {
    return this.#next * this.#order.chunkSize < this.#count;
  }

  #end(): void {
    this.#isOver = true;
    const { engine, listener } = this.#order;
    if (this.#underway.size > 0) {
      const reason = new CancelledError('Another item of the same map failed.');
      for (const task of [...this.#underway.keys()]) engine.ends.abort(task, reason);
    }
    engine.endFeeding(this);
    if (this.#failure === undefined) listener.done(joined(this.#results as (readonly unknown[])[]));
    else listener.failed(this.#failure.error);
  }
}

/** In an array of their number: one that grows is copied each time, into pages that cost more than the copying. */
function joined(chunks: readonly (readonly unknown[])[]): unknown[] {
  const count = chunks.reduce((sum, { length }) => sum + length, 0);
  const all = new Array<unknown>(Math.min(count, MOST_AT_ONCE));
  let at = 0;
  for (const chunk of chunks) for (let i = 0; i < chunk.length; i++) all[at++] = chunk[i];
  return all;
}
