/** What an iteration over results gives out: the items of its chunks, in the order of the chunks or as they come, each to the call that has waited longest. */
import { TimeoutError, type WaitOptions } from '@manycore/core';
import { deadlineOf } from '@manycore/core/internal';
import { waitFor } from '../wait.js';

/** A result, or what failed instead of one. */
export type Settled = { readonly value: unknown } | { readonly error: unknown };

const END = Symbol('end');
type Consumer = (item: Settled | typeof END) => void;

export interface ResultLineOptions {
  readonly isOrdered: boolean;
  /** Whether nothing follows what was put. */
  readonly isOver: () => boolean;
  /** An item was given out: there may be room for another one. */
  readonly onTaken: () => void;
}

export class ResultLine<R> {
  readonly #options: ResultLineOptions;
  /** Ready to be given out. */
  readonly #items: Settled[] = [];
  /** Of ordered results that came before their turn, by chunk. */
  readonly #early = new Map<number, readonly Settled[]>();
  readonly #consumers: Consumer[] = [];
  /** The chunk whose turn it is. */
  #turn = 0;
  #given = 0;

  constructor(options: ResultLineOptions) {
    this.#options = options;
  }

  /** How many items were given out. */
  get given(): number {
    return this.#given;
  }

  put(chunk: number, items: readonly Settled[]): void {
    if (!this.#options.isOrdered) {
      this.#items.push(...items);
      return;
    }
    this.#early.set(chunk, items);
    for (let next = this.#early.get(this.#turn); next !== undefined; next = this.#early.get(this.#turn)) {
      this.#early.delete(this.#turn++);
      this.#items.push(...next);
    }
  }

  /** Puts one item behind everything else. */
  putLast(item: Settled): void {
    this.#items.push(item);
  }

  clear(): void {
    this.#items.length = 0;
    this.#early.clear();
  }

  /** Gives what there is to those who wait: to be called after something was put, and when all is over. */
  serve(): void {
    while (this.#consumers.length > 0) {
      const item = this.#take();
      if (item === undefined) return;
      this.#consumers.shift()!(item);
    }
  }

  async next(options: WaitOptions | undefined): Promise<IteratorResult<R, undefined>> {
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
    this.#options.onTaken();
    if ('error' in item) throw item.error;
    return { done: false, value: item.value as R };
  }

  #subscribe(consumer: Consumer): () => void {
    this.#consumers.push(consumer);
    return () => {
      const at = this.#consumers.indexOf(consumer);
      if (at >= 0) this.#consumers.splice(at, 1);
    };
  }

  /** The next item, or END behind the last; undefined when neither is there yet. */
  #take(): Settled | typeof END | undefined {
    const item = this.#items.shift();
    if (item === undefined) return this.#options.isOver() ? END : undefined;
    this.#given++;
    return item;
  }
}
