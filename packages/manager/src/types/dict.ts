/** A dict in the server. */
import { NotFoundError } from '@manycore/core';
import { describe } from '@manycore/core/internal';
import { Changes, type DictChange } from './changes.js';
import { entriesOf, type DictEntries } from './dict-entries.js';
import { LastKeys } from './last-keys.js';
import { checkKey, type Key } from './same-value.js';

/** The dict as functions of `transact` have it: everything at once. */
export class ManagedDict<K = Key, V = unknown> implements Iterable<[K, V]> {
  readonly #map = new Map<K, V>();
  readonly #lastKeys = new LastKeys<K>(this.#map);
  readonly #changes = new Changes<K, V>();

  constructor(source: DictEntries<K, V> = []) {
    this.update(source);
  }

  get<F = undefined>(key: K, fallback?: F): V | F {
    return this.#map.has(key) ? this.#map.get(key)! : (fallback as F);
  }

  set(key: K, value: V): void {
    checkKey(key, 'dict.set');
    const isNew = !this.#map.has(key);
    this.#map.set(key, value);
    if (isNew) this.#lastKeys.added(key);
    this.#changes.tell({ type: 'set', key, value });
  }

  has(key: K): boolean {
    return this.#map.has(key);
  }

  delete(key: K): boolean {
    const isDeleted = this.#map.delete(key);
    if (isDeleted) this.#changes.tell({ type: 'delete', key });
    return isDeleted;
  }

  size(): number {
    return this.#map.size;
  }

  keys(): K[] {
    return [...this.#map.keys()];
  }

  values(): V[] {
    return [...this.#map.values()];
  }

  entries(): [K, V][] {
    return [...this.#map];
  }

  clear(): void {
    this.#map.clear();
    this.#lastKeys.cleared();
    this.#changes.tell({ type: 'clear' });
  }

  copy(): Map<K, V> {
    return new Map(this.#map);
  }

  snapshot(): Map<K, V> {
    return this.copy();
  }

  update(source: DictEntries<K, V>): void {
    const entries = entriesOf(source, 'dict.update');
    // All or nothing.
    for (const [key] of entries) checkKey(key, 'dict.update');
    for (const [key, value] of entries) this.set(key, value);
  }

  pop<F = never>(key: K, ...fallback: [F?]): V | F {
    if (!this.#map.has(key)) {
      if (fallback.length > 0) return fallback[0] as F;
      throw new NotFoundError(`dict.pop: there is no key ${describe(key)}.`);
    }
    const value = this.#map.get(key)!;
    this.delete(key);
    return value;
  }

  popItem(): [K, V] {
    if (this.#map.size === 0) throw new NotFoundError('dict.popItem: the dict is empty.');
    const key = this.#lastKeys.last();
    return [key, this.pop(key)];
  }

  setDefault(key: K, value: V): V {
    if (!this.#map.has(key)) this.set(key, value);
    return this.#map.get(key)!;
  }

  /** `fn` may return a promise: the dict waits for it, see `exclusive` in its registration. */
  modify(key: K, fn: (old: V | undefined) => V | Promise<V>): V | Promise<V> {
    if (typeof fn !== 'function') throw new TypeError(`dict.modify: expected a function, got ${describe(fn)}.`);
    const store = (value: V): V => {
      this.set(key, value);
      return value;
    };
    const made = fn(this.#map.get(key));
    return made instanceof Promise ? made.then(store) : store(made);
  }

  watch(all: boolean, key: K | undefined, bufferSize?: number): AsyncIterableIterator<DictChange<K, V>> {
    return this.#changes.watch(all, key, bufferSize);
  }

  [Symbol.iterator](): MapIterator<[K, V]> {
    return this.#map.entries();
  }
}
