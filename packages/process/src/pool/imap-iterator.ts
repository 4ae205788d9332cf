/**
 * `imap` and `imapUnordered`: results as they are asked for. The input is pulled when there is room: at most `bufferSize` items are ahead of the consumer, pulled and not yet given to it. When the pool is closed, the
 * rest is pulled without that bound, so that the pool can end whether or not somebody consumes.
 */
import { CancelledError, TimeoutError, type WaitOptions } from '@manycore/core';
import { deadlineOf, neverSent } from '@manycore/core/internal';
import { waitFor } from '../wait.js';
import { contextFlag, withContext, type CarriedContext } from './carried-context.js';
import { isAsyncIterable, type Input } from './chunks.js';
import { ticks } from './clock.js';
import type { Engine } from './engine.js';
import type { Feeder } from './feeder.js';
import { EACH, MAP, type MixedResults } from './protocol.js';
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

const END = Symbol('end');
type Consumer = (item: Item | typeof END) => void;
/** Of a closed pool, with no consumer to set the pace. */
const CHUNKS_PER_WORKER = 64;

/** What is there for the consumer: a result, or what failed instead of one. */
type Item = { readonly value: unknown } | { readonly error: unknown };

/** The results of `imap`. An item that failed rejects at its place, and the next call goes on behind it. */
export class ImapIterator<R> implements AsyncIterableIterator<R>, TaskListener, Feeder {
  readonly #order: ImapOrder;
  readonly #source: Iterator<unknown> | AsyncIterator<unknown>;
  /** Ready to be given out. */
  readonly #items: Item[] = [];
  /** Of ordered results that came before their turn, by chunk. */
  readonly #early = new Map<number, readonly Item[]>();
  readonly #underway = new Map<Task, { readonly chunk: number; readonly size: number }>();
  readonly #consumers: Consumer[] = [];
  readonly #isAsync: boolean;
  #nextChunk = 0;
  /** The chunk whose turn it is. */
  #turn = 0;
  /** Items that were pulled and not given out. */
  #ahead = 0;
  #isPulling = false;
  #isExhausted = false;
  #isEnded = false;
  #isBounded = true;
  /** What the source threw: given out behind everything else. */
  #sourceError: Item | undefined;

  constructor(order: ImapOrder) {
    this.#order = order;
    const { input, engine } = order;
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
  async next(options?: WaitOptions): Promise<IteratorResult<R, undefined>> {
    const deadline = deadlineOf(options, 'imap().next()');
    options?.signal?.throwIfAborted();
    let item = this.#consumers.length === 0 ? this.#take() : undefined;
    if (item === undefined) {
      await waitFor(
        (done) =>
          this.#subscribe((taken) => {
            item = taken;
            done();
          }),
        deadline,
        options?.signal,
      );
    }
    if (item === undefined) throw new TimeoutError(`imap().next(): there was no result within ${options?.timeout} ms. It stays for the next call.`);
    if (item === END) return { done: true, value: undefined };
    void this.#pull();
    if ('error' in item) throw item.error;
    return { done: false, value: item.value as R };
  }

  /** Ends the iteration: what has not begun is given up, what runs is asked to end, and the source is told. */
  async return(): Promise<IteratorResult<R, undefined>> {
    this.#isEnded = this.#isExhausted = true;
    this.#items.length = 0;
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
    const items: Item[] = results.map((value) => ({ value }));
    for (const [index, error] of errors) items[index] = { error };
    this.#arrive(task, items);
  }

  /** The whole chunk is lost, or could not be sent: each of its items has failed. */
  failed(error: unknown, task: Task): void {
    this.#arrive(task, new Array<Item>(this.#underway.get(task)!.size).fill({ error }));
  }

  #arrive(task: Task, items: readonly Item[]): void {
    const { chunk } = this.#underway.get(task)!;
    this.#underway.delete(task);
    if (!this.#isEnded) {
      if (!this.#order.isOrdered) this.#items.push(...items);
      else {
        this.#early.set(chunk, items);
        for (let next = this.#early.get(this.#turn); next !== undefined; next = this.#early.get(this.#turn)) {
          this.#early.delete(this.#turn++);
          this.#items.push(...next);
        }
      }
    }
    void this.#pull();
    this.#settle();
  }

  // --- the consumer ---

  /** The next item, or END behind the last; undefined when neither is there yet. */
  #take(): Item | typeof END | undefined {
    const item = this.#items.shift();
    if (item !== undefined) {
      this.#ahead--;
      return item;
    }
    return this.#isExhausted && this.#underway.size === 0 && !this.#isPulling ? END : undefined;
  }

  #subscribe(consumer: Consumer): () => void {
    this.#consumers.push(consumer);
    return () => {
      const at = this.#consumers.indexOf(consumer);
      if (at >= 0) this.#consumers.splice(at, 1);
    };
  }

  /** Gives what there is to those who wait. */
  #serve(): void {
    while (this.#consumers.length > 0) {
      const item = this.#take();
      if (item === undefined) return;
      this.#consumers[0]!(item);
    }
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
    return this.#ahead === 0 || this.#ahead + chunkSize <= bufferSize;
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
    this.#ahead++;
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
    if (this.#isExhausted && this.#underway.size === 0 && !this.#isPulling) {
      if (this.#sourceError !== undefined && !this.#isEnded) {
        this.#items.push(this.#sourceError);
        this.#ahead++;
      }
      this.#sourceError = undefined;
      this.#order.engine.endFeeding(this);
    }
    this.#serve();
  }
}

neverSent(ImapIterator, 'Send what it gives.');
