/** A list in the server. */
import { NotFoundError } from '@manycore/core';
import { describe } from '@manycore/core/internal';
import { isSameValue } from './same-value.js';

/** The list as functions of `transact` have it: everything at once. */
export class ManagedList<T = unknown> implements Iterable<T> {
  readonly #items: T[] = [];

  constructor(items: Iterable<T> = []) {
    this.extend(items);
  }

  at(index: number): T {
    return this.#items[this.#place(index, 'at')]!;
  }

  set(index: number, value: T): void {
    this.#items[this.#place(index, 'set')] = value;
  }

  push(...values: T[]): number {
    this.extend(values);
    return this.#items.length;
  }

  append(value: T): void {
    this.#items.push(value);
  }

  pop(index = -1): T {
    return this.#items.splice(this.#place(index, 'pop'), 1)[0]!;
  }

  extend(values: Iterable<T>): void {
    // A spread of a hundred thousand arguments would not fit the stack.
    for (const value of [...values]) this.#items.push(value);
  }

  insert(index: number, value: T): void {
    this.#items.splice(wholeNumber(index, 'insert'), 0, value);
  }

  remove(value: T): void {
    const index = this.indexOf(value);
    if (index < 0) throw new NotFoundError(`list.remove: there is no such value (${describe(value)}).`);
    this.#items.splice(index, 1);
  }

  indexOf(value: T): number {
    return this.#items.findIndex((item) => isSameValue(item, value));
  }

  count(value: T): number {
    return this.#items.filter((item) => isSameValue(item, value)).length;
  }

  reverse(): void {
    this.#items.reverse();
  }

  sort(compare: (a: T, b: T) => number = naturally): void {
    if (typeof compare !== 'function') throw new TypeError(`list.sort: expected a function, got ${describe(compare)}.`);
    // One that throws changes nothing.
    const sorted = this.#items.toSorted(compare);
    this.#items.length = 0;
    this.extend(sorted);
  }

  slice(start?: number, end?: number): T[] {
    return this.#items.slice(start, end);
  }

  length(): number {
    return this.#items.length;
  }

  clear(): void {
    this.#items.length = 0;
  }

  copy(): T[] {
    return [...this.#items];
  }

  snapshot(): T[] {
    return this.copy();
  }

  [Symbol.iterator](): ArrayIterator<T> {
    return this.#items[Symbol.iterator]();
  }

  #place(index: unknown, call: string): number {
    const { length } = this.#items;
    const place = wholeNumber(index, call);
    const at = place < 0 ? place + length : place;
    if (at < 0 || at >= length) throw new RangeError(`list.${call}: index ${place} is outside of the list, which has ${length} items.`);
    return at;
  }
}

function wholeNumber(index: unknown, call: string): number {
  if (Number.isInteger(index)) return index as number;
  throw new TypeError(`list.${call}: an index must be a whole number, got ${describe(index)}.`);
}

/** By `<`, as in Python; JavaScript's own order is that of texts. */
function naturally(a: unknown, b: unknown): number {
  return (a as number) < (b as number) ? -1 : (a as number) > (b as number) ? 1 : 0;
}
