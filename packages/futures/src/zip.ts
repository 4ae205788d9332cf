/** The input of a map: items of one iterable, or lists of arguments of several, until the shortest ends. */
import { isAsyncIterable, type Input } from '@manycore/process/internal';

export type Source = SyncSource | AsyncSource;

export interface SyncSource {
  readonly isAsync: false;
  /** Adds the next item; false when there is none: then the iterables are closed. */
  addTo(items: unknown[]): boolean;
  /** Tells the iterables that no more is wanted. */
  close(): void;
}

export interface AsyncSource {
  readonly isAsync: true;
  addTo(items: unknown[]): Promise<boolean>;
  close(): Promise<void>;
}

/** @param iterables - checked before; of none there is nothing. */
export function zip(iterables: readonly Input<unknown>[]): Source {
  if (iterables.some(isAsyncIterable)) return new AsyncZip(iterables);
  const [first] = iterables as readonly Iterable<unknown>[];
  if (first === undefined) return new SyncZip([[]]);
  return iterables.length === 1 ? new Single(first) : new SyncZip(iterables as readonly Iterable<unknown>[]);
}

class Single implements SyncSource {
  readonly isAsync = false;
  readonly #iterator: Iterator<unknown>;

  constructor(iterable: Iterable<unknown>) {
    this.#iterator = iterable[Symbol.iterator]();
  }

  addTo(items: unknown[]): boolean {
    const { done, value } = this.#iterator.next() as IteratorResult<unknown, unknown>;
    if (done !== true) items.push(value);
    return done !== true;
  }

  close(): void {
    this.#iterator.return?.();
  }
}

class SyncZip implements SyncSource {
  readonly isAsync = false;
  readonly #iterators: readonly Iterator<unknown>[];

  constructor(iterables: readonly Iterable<unknown>[]) {
    this.#iterators = iterables.map((iterable) => iterable[Symbol.iterator]());
  }

  addTo(items: unknown[]): boolean {
    const list: unknown[] = [];
    for (const iterator of this.#iterators) {
      const { done, value } = iterator.next() as IteratorResult<unknown, unknown>;
      if (done === true) {
        this.close(iterator);
        return false;
      }
      list.push(value);
    }
    items.push(list);
    return true;
  }

  /** @param ended - needs not be told. */
  close(ended?: Iterator<unknown>): void {
    for (const iterator of this.#iterators) if (iterator !== ended) iterator.return?.();
  }
}

type AnyIterator = Iterator<unknown> | AsyncIterator<unknown>;

class AsyncZip implements AsyncSource {
  readonly isAsync = true;
  readonly #iterators: readonly AnyIterator[];

  constructor(iterables: readonly Input<unknown>[]) {
    this.#iterators = iterables.map((iterable) => (isAsyncIterable(iterable) ? iterable[Symbol.asyncIterator]() : (iterable as Iterable<unknown>)[Symbol.iterator]()));
  }

  async addTo(items: unknown[]): Promise<boolean> {
    const list: unknown[] = [];
    for (const iterator of this.#iterators) {
      const { done, value } = (await iterator.next()) as IteratorResult<unknown, unknown>;
      if (done === true) {
        await this.close(iterator);
        return false;
      }
      list.push(value);
    }
    items.push(list.length === 1 ? list[0] : list);
    return true;
  }

  async close(ended?: AnyIterator): Promise<void> {
    for (const iterator of this.#iterators) if (iterator !== ended) await iterator.return?.();
  }
}
