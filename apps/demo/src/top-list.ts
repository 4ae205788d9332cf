/** The biggest of many, in a bounded list. */

import { biggestFirst } from './order.js';

export class TopList<T> {
  readonly #limit: number;
  readonly #compare: (a: T, b: T) => number;
  #items: T[] = [];

  /** Equal sizes are ordered by name. */
  constructor(limit: number, size: (item: T) => number, name: (item: T) => string) {
    this.#limit = limit;
    this.#compare = biggestFirst(size, name);
  }

  offer(item: T): void {
    // Sorted now and then, which costs less than finding the place of each.
    if (this.#items.push(item) > 20 * this.#limit) this.#items = this.finish();
  }

  finish(): T[] {
    return this.#items.sort(this.#compare).slice(0, this.#limit);
  }
}
