/** `imap` and `imapUnordered` of a pool in a server: the input is pulled here, as results are asked for, and goes there in chunks. */
import { CancelledError, TimeoutError, type WaitOptions } from '@manycore/core';
import { deadlineOf } from '@manycore/core/internal';
import { isAsyncIterable, waitFor, type Input } from '@manycore/process/internal';
import type { Settled } from './pool.js';

const END = Symbol('end');
type Item = Settled | typeof END;

export interface RemoteImapOrder {
  readonly input: Input<unknown>;
  readonly chunkSize: number;
  /** Items that may be ahead of the consumer. */
  readonly bufferSize: Promise<number>;
  readonly isOrdered: boolean;
  /** Aborts the iteration. */
  readonly signal: AbortSignal | undefined;
  /** Runs a chunk in the server. */
  readonly run: (items: unknown[], signal: AbortSignal) => Promise<Settled[]>;
}

/** The results. An item that failed rejects at its place, and the next call goes on behind it. */
export class RemoteImapIterator<R> implements AsyncIterableIterator<R> {
  readonly #order: RemoteImapOrder;
  readonly #source: Iterator<unknown> | AsyncIterator<unknown>;
  readonly #stop = new AbortController();
  /** Ready to be given out. */
  readonly #items: Settled[] = [];
  readonly #early = new Map<number, Settled[]>();
  readonly #consumers: ((item: Item) => void)[] = [];
  #nextChunk = 0;
  #turn = 0;
  #underway = 0;
  #ahead = 0;
  #isPulling = false;
  #isExhausted = false;
  /** What the source threw: given out behind everything else. */
  #sourceError: Settled | undefined;

  constructor(order: RemoteImapOrder) {
    this.#order = order;
    const { input } = order;
    this.#source = isAsyncIterable(input) ? input[Symbol.asyncIterator]() : (input as Iterable<unknown>)[Symbol.iterator]();
    void this.#pull();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /**
   * The next result. Calls that wait are served in their order.
   * @throws what the item failed with; TimeoutError when the timeout passed first: the result stays for the next call; the signal's reason when aborted; ManagerError when the server is gone.
   */
  async next(options?: WaitOptions): Promise<IteratorResult<R, undefined>> {
    const deadline = deadlineOf(options, 'imap().next()');
    options?.signal?.throwIfAborted();
    let item = this.#consumers.length === 0 ? this.#take() : undefined;
    if (item === undefined) {
      const subscribe = (done: () => void): (() => void) => {
        const consumer = (taken: Item): void => {
          item = taken;
          done();
        };
        this.#consumers.push(consumer);
        this.#settle();
        return () => {
          const at = this.#consumers.indexOf(consumer);
          if (at >= 0) this.#consumers.splice(at, 1);
        };
      };
      await waitFor(subscribe, deadline, options?.signal);
    }
    if (item === undefined) throw new TimeoutError(`imap().next(): there was no result within ${options?.timeout} ms. It stays for the next call.`);
    if (item === END) return { done: true, value: undefined };
    void this.#pull();
    if ('error' in item) throw item.error;
    return { done: false, value: item.value as R };
  }

  /** Ends the iteration: what has not begun is given up, what runs is asked to end, and the source is told. */
  async return(): Promise<IteratorResult<R, undefined>> {
    this.#isExhausted = true;
    this.#items.length = 0;
    this.#early.clear();
    this.#stop.abort(new CancelledError('The iteration over imap() was ended.'));
    this.#settle();
    await this.#source.return?.();
    return { done: true, value: undefined };
  }

  async #pull(): Promise<void> {
    if (this.#isPulling) return;
    this.#isPulling = true;
    try {
      const { chunkSize } = this.#order;
      const bufferSize = await this.#order.bufferSize;
      while (!this.#isExhausted && this.#ahead < bufferSize) {
        const items = await this.#pullChunk(Math.min(chunkSize, bufferSize - this.#ahead));
        if (items.length > 0) this.#send(items);
      }
    } catch (error) {
      // Of the server: there will be no results.
      this.#isExhausted = true;
      this.#sourceError ??= { error };
    } finally {
      this.#isPulling = false;
      this.#settle();
    }
  }

  async #pullChunk(size: number): Promise<unknown[]> {
    const items: unknown[] = [];
    try {
      while (items.length < size) {
        const step = this.#source.next();
        const result: IteratorResult<unknown> = step instanceof Promise ? await step : step;
        if (this.#stop.signal.aborted) return [];
        if (result.done === true) {
          this.#isExhausted = true;
          break;
        }
        items.push(result.value);
        this.#ahead++;
      }
    } catch (error) {
      this.#isExhausted = true;
      this.#sourceError = { error };
    }
    return items;
  }

  #send(items: unknown[]): void {
    const chunk = this.#nextChunk++;
    const { signal } = this.#order;
    this.#underway++;
    const stop = signal === undefined ? this.#stop.signal : AbortSignal.any([signal, this.#stop.signal]);
    void this.#order
      .run(items, stop)
      // The whole chunk is lost, or could not be sent: each of its items has failed.
      .catch((error: unknown): Settled[] => items.map(() => ({ error })))
      .then((settled) => this.#arrive(chunk, settled));
  }

  #arrive(chunk: number, settled: Settled[]): void {
    this.#underway--;
    if (!this.#stop.signal.aborted) {
      if (!this.#order.isOrdered) this.#items.push(...settled);
      else {
        this.#early.set(chunk, settled);
        for (let next = this.#early.get(this.#turn); next !== undefined; next = this.#early.get(this.#turn)) {
          this.#early.delete(this.#turn++);
          this.#items.push(...next);
        }
      }
    }
    this.#settle();
  }

  /** The next item, or END behind the last; undefined when neither is there yet. */
  #take(): Item | undefined {
    const item = this.#items.shift();
    if (item !== undefined) {
      this.#ahead--;
      return item;
    }
    if (!this.#stop.signal.aborted && (!this.#isExhausted || this.#isPulling || this.#underway > 0)) return undefined;
    const error = this.#sourceError;
    this.#sourceError = undefined;
    return this.#stop.signal.aborted ? END : (error ?? END);
  }

  #settle(): void {
    while (this.#consumers.length > 0) {
      const item = this.#take();
      if (item === undefined) return;
      this.#consumers.shift()!(item);
    }
  }
}
