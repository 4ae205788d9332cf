/**
 * `imap` and `imapUnordered`: results as they are asked for. The input is pulled when there is room: at most `bufferSize` items are ahead of the consumer, pulled and not yet given to it. When the pool is closed, the
 * rest is pulled without that bound, so that the pool can end whether or not somebody consumes.
 */
import { CancelledError, type WaitOptions } from '@manycore/core';
import { neverSent } from '@manycore/core/internal';
import { contextFlag, withContext, type CarriedContext } from './carried-context.js';
import { isAsyncIterable, type Input } from './chunks.js';
import { ticks } from './clock.js';
import type { Engine } from './engine.js';
import type { Feeder } from './feeder.js';
import { EACH, MAP, type MixedResults } from './protocol.js';
import { ResultLine, type Settled } from './result-line.js';
import { Task, type TaskListener, type TaskOptions } from './task.js';

export interface ImapOrder {
  readonly engine: Engine;
  readonly fn: number;
  readonly input: Input<unknown>;
  readonly chunkSize: number;
  readonly bufferSize: number;
  readonly isOrdered: boolean;
  readonly options: TaskOptions;
  readonly context: CarriedContext | undefined;
  readonly origin: { readonly stack?: string };
}

/** Of a closed pool, with no consumer to set the pace. */
const CHUNKS_PER_WORKER = 64;

/** The results of `imap`. An item that failed rejects at its place, and the next call goes on behind it. */
export class ImapIterator<R> implements AsyncIterableIterator<R>, TaskListener, Feeder {
  readonly #order: ImapOrder;
  readonly #source: Iterator<unknown> | AsyncIterator<unknown>;
  readonly #line: ResultLine<R>;
  readonly #underway = new Map<Task, { readonly chunk: number; readonly size: number }>();
  readonly #isAsync: boolean;
  #nextChunk = 0;
  /** Items of the input, and then what the source threw. */
  #pulled = 0;
  #isPulling = false;
  #isExhausted = false;
  #isEnded = false;
  #isBounded = true;
  /** What the source threw: given out behind everything else. */
  #sourceError: Settled | undefined;

  constructor(order: ImapOrder) {
    this.#order = order;
    const { input, engine, isOrdered } = order;
    this.#line = new ResultLine({ isOrdered, isOver: () => this.#isOver, onTaken: () => void this.#pull() });
    this.#isAsync = isAsyncIterable(input);
    this.#source = isAsyncIterable(input) ? input[Symbol.asyncIterator]() : (input as Iterable<unknown>)[Symbol.iterator]();
    engine.beginFeeding(this);
    void this.#pull();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /**
   * The next result. Calls that wait are served in their order.
   * @throws what the item failed with; TimeoutError when the timeout passed first: the result stays for the next call; the signal's reason when aborted.
   */
  next(options?: WaitOptions): Promise<IteratorResult<R, undefined>> {
    return this.#line.next(options);
  }

  /** Ends the iteration: what has not begun is given up, what runs is asked to end, and the source is told. */
  async return(): Promise<IteratorResult<R, undefined>> {
    this.#isEnded = this.#isExhausted = true;
    this.#line.clear();
    const reason = new CancelledError('The iteration over imap() was ended.');
    for (const task of [...this.#underway.keys()]) this.#order.engine.ends.abort(task, reason);
    this.#settle();
    await this.#source.return?.();
    return { done: true, value: undefined };
  }

  // --- the engine ---

  engineCloses(): void {
    this.#isBounded = false;
    void this.#pull();
  }

  done(value: unknown, task: Task): void {
    this.#arrive(
      task,
      (value as readonly unknown[]).map((result) => ({ value: result })),
    );
  }

  mixed({ results, errors }: MixedResults, task: Task): void {
    const items: Settled[] = results.map((value) => ({ value }));
    for (const [index, error] of errors) items[index] = { error };
    this.#arrive(task, items);
  }

  /** The whole chunk is lost, or could not be sent: each of its items has failed. */
  failed(error: unknown, task: Task): void {
    this.#arrive(task, new Array<Settled>(this.#underway.get(task)!.size).fill({ error }));
  }

  #arrive(task: Task, items: readonly Settled[]): void {
    const { chunk } = this.#underway.get(task)!;
    this.#underway.delete(task);
    if (!this.#isEnded) this.#line.put(chunk, items);
    void this.#pull();
    this.#settle();
  }

  // --- the source ---

  async #pull(): Promise<void> {
    if (this.#isPulling) return;
    this.#isPulling = true;
    try {
      while (!this.#isExhausted && this.#hasRoom) {
        const items = await this.#nextItems();
        if (items.length > 0 && !this.#isEnded) this.#submit(items);
      }
    } catch (error) {
      this.#isExhausted = true;
      this.#sourceError = { error };
    } finally {
      this.#isPulling = false;
    }
    this.#settle();
  }

  get #hasRoom(): boolean {
    const { engine, chunkSize, bufferSize } = this.#order;
    if (engine.isOver) return !(this.#isExhausted = true);
    if (!this.#isBounded) return this.#underway.size < engine.options.size * CHUNKS_PER_WORKER;
    const ahead = this.#pulled - this.#line.given;
    return ahead === 0 || ahead + chunkSize <= bufferSize;
  }

  /** The input of the next chunk; without a turn when the source has none to wait for. */
  #nextItems(): unknown[] | Promise<unknown[]> {
    return this.#isAsync ? this.#nextItemsLater() : this.#nextItemsNow();
  }

  #nextItemsNow(): unknown[] {
    const items: unknown[] = [];
    while (items.length < this.#order.chunkSize && this.#add(items, this.#source.next() as IteratorResult<unknown>));
    return items;
  }

  async #nextItemsLater(): Promise<unknown[]> {
    const items: unknown[] = [];
    while (items.length < this.#order.chunkSize && this.#add(items, await this.#source.next()));
    return items;
  }

  /** Whether there may be more. */
  #add(items: unknown[], { done, value }: IteratorResult<unknown>): boolean {
    if (done === true) return !(this.#isExhausted = true);
    items.push(value);
    this.#pulled++;
    return true;
  }

  #submit(items: readonly unknown[]): void {
    const { engine, fn, options, context, origin } = this.#order;
    const task = new Task(MAP, EACH | contextFlag(context), fn, withContext(items, context), 'items', options, this, origin, ticks());
    this.#underway.set(task, { chunk: this.#nextChunk++, size: items.length });
    engine.submit(task);
  }

  /** After anything has changed. */
  #settle(): void {
    if (this.#isOver) {
      if (this.#sourceError !== undefined && !this.#isEnded) {
        this.#line.putLast(this.#sourceError);
        this.#pulled++;
      }
      this.#sourceError = undefined;
      this.#order.engine.endFeeding(this);
    }
    this.#line.serve();
  }

  /** Whether nothing more is to come. */
  get #isOver(): boolean {
    return this.#isExhausted && this.#underway.size === 0 && !this.#isPulling;
  }
}

neverSent(ImapIterator, 'Send what it gives.');
