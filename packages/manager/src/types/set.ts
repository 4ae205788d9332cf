/** A set in the server. */
import { checkKey, type Key } from './same-value.js';

/** The set as functions of `transact` have it: everything at once. */
export class ManagedSet<T = Key> implements Iterable<T> {
  readonly #members = new Set<T>();

  constructor(members: Iterable<T> = []) {
    for (const member of members) this.add(member);
  }

  add(member: T): void {
    checkKey(member, 'set.add');
    this.#members.add(member);
  }

  has(member: T): boolean {
    return this.#members.has(member);
  }

  delete(member: T): boolean {
    return this.#members.delete(member);
  }

  size(): number {
    return this.#members.size;
  }

  values(): T[] {
    return [...this.#members];
  }

  clear(): void {
    this.#members.clear();
  }

  copy(): Set<T> {
    return new Set(this.#members);
  }

  snapshot(): Set<T> {
    return this.copy();
  }

  [Symbol.iterator](): SetIterator<T> {
    return this.#members.values();
  }
}
