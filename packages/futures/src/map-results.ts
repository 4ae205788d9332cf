/**
 * The results of `Executor.map`, in the order of the items. The input becomes chunks, each chunk a future: at the call, or, with a `bufferSize`, as results are given out, at most so many items ahead of the consumer.
 *
 * Only the first chunk that is not given out yet is watched, and only while somebody waits. An item that failed ends it all: what has not begun is cancelled, and the source is told.
 */
import { TimeoutError, type WaitOptions } from '@manycore/core';
import { deadlineOf } from '@manycore/core/internal';
import { LOOK, WATCH, type Future } from './future.js';
import { Handout } from './handout.js';
import type { AsyncSource, Source, SyncSource } from './zip.js';

/** What one task of a map calls its function with. */
export interface Chunk {
  readonly items: readonly unknown[];
  /** Whether each item is a list of arguments. */
  readonly spread: boolean;
}

/** The results of a chunk; and, where items failed, the errors by index. */
export type ChunkOutcome = readonly unknown[] | { readonly results: readonly unknown[]; readonly errors: readonly (readonly [index: number, error: unknown])[] };

export interface MapOrder {
  readonly submit: (items: readonly unknown[]) => Future<ChunkOutcome>;
  readonly source: Source;
  readonly chunkSize: number;
  readonly bufferSize: number | undefined;
}

type Item = { readonly value: unknown } | { readonly error: unknown } | typeof END;
const END = Symbol('end');
const OVER: IteratorReturnResult<undefined> = { done: true, value: undefined };

/** The results of `Executor.map`, in the order of the items. */
export class MapResults<R> implements AsyncIterableIterator<R, undefined, WaitOptions | undefined> {
  readonly #order: MapOrder;
  readonly #handout = new Handout<Item>(() => this.#take());
  /** Of items that were not given out, the first one first. */
  #chunks: (Future<ChunkOutcome> | undefined)[] = [];
  #firstChunk = 0;
  /** The chunk that is being given out, and how far. */
  #results: readonly unknown[] = [];
  #errors: readonly (readonly [number, unknown])[] = [];
  #at = 0;
  /** Items that were pulled and not given out. */
  #ahead = 0;
  #isPulling = false;
  #isExhausted = false;
  #isEnded = false;
  /** An error was given out. */
  #isFailed = false;
  #sourceError: { readonly error: unknown } | undefined;
  #unwatch: (() => void) | undefined;

  /** @throws what `submit` throws, when the input is not asynchronous. */
  constructor(order: MapOrder) {
    this.#order = order;
    const { source } = order;
    if (source.isAsync) void this.#pullLater(source);
    else this.#pullNow(source);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /**
   * The next result. Calls that wait are served in their order.
   * @throws what the item failed with; that was the last one. TimeoutError when the timeout passed first: the result stays for the next call. The signal's reason when aborted.
   */
  next(options?: WaitOptions): Promise<IteratorResult<R, undefined>> {
    // Nearly always: it is there, and nobody waits for one before it.
    if (options === undefined) {
      const item = this.#handout.nextNow();
      if (item !== undefined && item !== END && 'value' in item) return Promise.resolve(this.#given(item.value));
      if (item !== undefined) return this.#end(item);
    }
    return this.#nextLater(options);
  }

  /** Ends the iteration: what has not begun is cancelled, and the source is told. */
  async return(): Promise<IteratorResult<R, undefined>> {
    await this.#leave();
    return OVER;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#leave();
  }

  async #nextLater(options: WaitOptions | undefined): Promise<IteratorResult<R, undefined>> {
    const pending = this.#handout.next(deadlineOf(options, 'map().next()'), options?.signal);
    this.#watch();
    const item = await pending;
    if (item === undefined) throw new TimeoutError(`map().next(): there was no result within ${options?.timeout} ms. It stays for the next call.`);
    if (item !== END && 'value' in item) return this.#given(item.value);
    return await this.#end(item);
  }

  #given(value: unknown): IteratorResult<R, undefined> {
    if (!this.#isExhausted) this.#pull();
    return { done: false, value: value as R };
  }

  async #end(item: { readonly error: unknown } | typeof END): Promise<IteratorResult<R, undefined>> {
    if (item === END) return OVER;
    // As with `for`: what the source throws while it is closed is less than the error it is closed for.
    await this.#leave().catch(() => undefined);
    throw item.error;
  }

  async #leave(): Promise<void> {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#unwatch?.();
    const rest = this.#chunks.slice(this.#firstChunk);
    this.#chunks = [];
    this.#firstChunk = 0;
    for (const chunk of rest) chunk!.cancel();
    this.#handout.serve();
    if (this.#isExhausted) return;
    this.#isExhausted = true;
    await this.#order.source.close();
  }

  // --- what there is ---

  /** The next item, or END behind the last; undefined when neither is there yet. */
  #take(): Item | undefined {
    if (this.#isEnded || this.#isFailed) return END;
    while (this.#at === this.#results.length) if (!this.#openChunk()) return this.#last();
    const index = this.#at++;
    this.#ahead--;
    if (this.#errors.length > 0) {
      const failed = this.#errors.find(([at]) => at === index);
      if (failed !== undefined) return this.#failure({ error: failed[1] });
    }
    return { value: this.#results[index] };
  }

  /** What comes behind all results; undefined when there may be more. */
  #last(): Item | undefined {
    if (!this.#isExhausted || this.#firstChunk < this.#chunks.length || this.#isPulling) return undefined;
    return this.#sourceError === undefined ? END : this.#failure(this.#sourceError);
  }

  #failure(item: { readonly error: unknown }): Item {
    this.#isFailed = true;
    return item;
  }

  /** Goes on to the next chunk, if that is done. */
  #openChunk(): boolean {
    const outcome = this.#chunks[this.#firstChunk]?.[LOOK]();
    if (outcome === undefined) return false;
    this.#chunks[this.#firstChunk++] = undefined;
    if (this.#firstChunk === this.#chunks.length) {
      this.#chunks = [];
      this.#firstChunk = 0;
    }
    this.#at = 0;
    this.#errors = [];
    if ('error' in outcome) {
      // All of its items are lost; the first of them ends the iteration.
      this.#results = [undefined];
      this.#errors = [[0, outcome.error]];
      return true;
    }
    const values = outcome.value as ChunkOutcome;
    if ('errors' in values) {
      this.#results = values.results;
      this.#errors = values.errors;
    } else this.#results = values;
    return true;
  }

  /** Has the callers that wait told when the first chunk is done. */
  #watch(): void {
    if (this.#unwatch !== undefined || !this.#handout.isAwaited) return;
    const unwatch = this.#chunks[this.#firstChunk]?.[WATCH]((chunk) => {
      if (!chunk.done()) return;
      unwatch?.();
      this.#unwatch = undefined;
      this.#progress();
    });
    this.#unwatch = unwatch;
  }

  #progress(): void {
    this.#handout.serve();
    this.#watch();
  }

  // --- the source ---

  /** There may be room again. */
  #pull(): void {
    const { source } = this.#order;
    if (this.#isPulling) return;
    if (source.isAsync) void this.#pullLater(source);
    else {
      try {
        this.#pullNow(source);
      } catch (error) {
        this.#fail(error);
      }
      this.#progress();
    }
  }

  #pullNow(source: SyncSource): void {
    this.#isPulling = true;
    try {
      while (this.#hasRoom) this.#submit(this.#nextItems(source));
    } finally {
      this.#isPulling = false;
    }
  }

  #nextItems(source: SyncSource): unknown[] {
    const items: unknown[] = [];
    try {
      while (items.length < this.#order.chunkSize && source.addTo(items));
    } catch (error) {
      this.#fail(error);
    }
    return items;
  }

  async #pullLater(source: AsyncSource): Promise<void> {
    this.#isPulling = true;
    try {
      while (this.#hasRoom) {
        const items: unknown[] = [];
        while (items.length < this.#order.chunkSize && (await source.addTo(items)));
        if (this.#isEnded) return;
        this.#submit(items);
        this.#progress();
      }
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#isPulling = false;
      this.#progress();
    }
  }

  get #hasRoom(): boolean {
    const { chunkSize, bufferSize = Infinity } = this.#order;
    return !this.#isExhausted && (this.#ahead === 0 || this.#ahead + chunkSize <= bufferSize);
  }

  /** @param items - fewer than a chunk when there are no more. */
  #submit(items: readonly unknown[]): void {
    if (items.length < this.#order.chunkSize) this.#isExhausted = true;
    if (items.length === 0) return;
    this.#chunks.push(this.#order.submit(items));
    this.#ahead += items.length;
  }

  #fail(error: unknown): void {
    this.#isExhausted = true;
    this.#sourceError = { error };
  }
}
