/** An iterator of the server on behalf of a client: gives values in parts. */
import { isThenable } from '@manycore/process/internal';
import { RemoteObject } from '../remote-object.js';

/** Of a synchronous iterator: as many at a time. */
const MOST_VALUES = 64;

export type Part = readonly [values: readonly unknown[], isOver: boolean];

export interface AnyIterator {
  next(): unknown;
  return?(): unknown;
}

/** What a generator returns, or an iterator of a collection: an object that cannot be copied, but can be asked for one value after the other. */
export function isIterator(value: unknown): value is AnyIterator {
  // Of a proxy, anything seems to be a method.
  if (typeof value !== 'object' || value === null || value instanceof RemoteObject || typeof (value as Partial<AnyIterator>).next !== 'function') return false;
  return Symbol.iterator in value || Symbol.asyncIterator in value;
}

export class Iteration {
  #isOver = false;
  /** What it threw behind values that are delivered first. */
  #failure: { readonly error: unknown } | undefined;

  constructor(readonly iterator: AnyIterator) {}

  /** @throws what the iterator throws, which ends it. */
  next(): Part | Promise<Part> {
    const values: unknown[] = [];
    while (values.length < MOST_VALUES && this.#failure === undefined) {
      const step = this.#step();
      if (isThenable(step)) return this.#later(step);
      if (step === undefined) break;
      const { done, value } = step as IteratorResult<unknown, unknown>;
      if (done === true) this.#isOver = true;
      if (this.#isOver) return [values, true];
      values.push(value);
    }
    if (values.length === 0 && this.#failure !== undefined) throw this.#failure.error;
    return [values, this.#isOver && this.#failure === undefined];
  }

  /** Undefined when it failed. */
  #step(): unknown {
    if (this.#isOver) return { done: true };
    try {
      return this.iterator.next();
    } catch (error) {
      this.#isOver = true;
      this.#failure = { error };
      return undefined;
    }
  }

  async #later(step: PromiseLike<unknown>): Promise<Part> {
    const { done, value } = (await step) as IteratorResult<unknown, unknown>;
    if (done === true) this.#isOver = true;
    return done === true ? [[], true] : [[value], false];
  }

  /** Nobody wants more of it. What closing it throws is nobody's. */
  close(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    try {
      const closing = this.iterator.return?.();
      if (isThenable(closing)) closing.then(undefined, () => undefined);
    } catch {
      // As above.
    }
  }
}
