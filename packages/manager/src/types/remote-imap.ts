/** `imap` and `imapUnordered` of a pool in a server: the input is pulled here, as results are asked for, and goes there in chunks. */
import { CancelledError, type WaitOptions } from '@manycore/core';
import { isAsyncIterable, ResultLine, type Input, type Settled } from '@manycore/process/internal';

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
  readonly #line: ResultLine<R>;
  #nextChunk = 0;
  #underway = 0;
  /** Items of the input, and then what the source threw. */
  #pulled = 0;
  #isPulling = false;
  #isExhausted = false;
  /** What the source threw: given out behind everything else. */
  #sourceError: Settled | undefined;

  constructor(order: RemoteImapOrder) {
    this.#order = order;
    const { input, isOrdered } = order;
    this.#line = new ResultLine({ isOrdered, isOver: () => this.#isOver, onTaken: () => void this.#pull() });
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
  next(options?: WaitOptions): Promise<IteratorResult<R, undefined>> {
    return this.#line.next(options);
  }

  /** Ends the iteration: what has not begun is given up, what runs is asked to end, and the source is told. */
  async return(): Promise<IteratorResult<R, undefined>> {
    this.#isExhausted = true;
    this.#line.clear();
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
        this.#pulled++;
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
    if (!this.#stop.signal.aborted) this.#line.put(chunk, settled);
    this.#settle();
  }

  /** After anything has changed. */
  #settle(): void {
    if (this.#isOver && this.#sourceError !== undefined) {
      if (!this.#stop.signal.aborted) {
        this.#line.putLast(this.#sourceError);
        this.#pulled++;
      }
      this.#sourceError = undefined;
    }
    this.#line.serve();
  }

  /** Items that were pulled and not given out. */
  get #ahead(): number {
    return this.#pulled - this.#line.given;
  }

  /** Whether nothing more is to come. */
  get #isOver(): boolean {
    return this.#stop.signal.aborted || (this.#isExhausted && !this.#isPulling && this.#underway === 0);
  }
}
