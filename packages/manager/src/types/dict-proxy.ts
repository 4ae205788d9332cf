import type { WaitOptions } from '@manycore/core';
import { registerProxyClass } from '../client/proxy-classes.js';
import { RemoteObject } from '../remote-object.js';
import type { RemoteResult } from '../remote.js';
import type { DictChange } from './changes.js';
import type { ManagedDict } from './dict.js';
import { entriesOf, type DictEntries } from './dict-entries.js';
import type { Key } from './same-value.js';
import { Watch } from './watch.js';

/** Options of `watch`. */
export interface WatchOptions extends Pick<WaitOptions, 'signal'> {
  /** How many changes the server keeps for this watcher; default 1024. When more come before they are fetched, the iteration ends with ManagerError. */
  bufferSize?: number | undefined;
}

/**
 * A dict in a manager's server: keys are primitives (or proxies), values are copied in and out. Proxies among the values stay live.
 *
 * A value that was got is a copy: changing it changes nothing in the server; set it again, or use `modify`, or put a dict of the manager into the dict. Every method is one call, and atomic.
 *
 * @see Python `multiprocessing.managers.DictProxy`. Differs: promises; a missing key gives undefined, as of a Map; `modify`, `transact`, `watch`.
 */
export class DictProxy<K = Key, V = unknown> extends RemoteObject<ManagedDict<K, V>> implements AsyncIterable<[K, V]> {
  /** The value; `fallback`, by default undefined, when there is none. */
  get(key: K): Promise<RemoteResult<V> | undefined>;
  get<F>(key: K, fallback: F): Promise<RemoteResult<V> | F>;
  get(key: K, fallback?: unknown): Promise<unknown> {
    return this.call('get', fallback === undefined ? [key] : [key, fallback]);
  }

  /** Sets a value. @throws TypeError for a key that is an object */
  set(key: K, value: V): Promise<void> {
    return this.call('set', [key, value]);
  }

  /** Whether there is the key. */
  has(key: K): Promise<boolean> {
    return this.call('has', [key]);
  }

  /** Removes a key; whether there was one. */
  delete(key: K): Promise<boolean> {
    return this.call('delete', [key]);
  }

  /** How many keys there are. */
  size(): Promise<number> {
    return this.call('size');
  }

  /** The keys, in the order in which they were first set. */
  keys(): Promise<K[]> {
    return this.call('keys');
  }

  /** The values, in the order of their keys. */
  values(): Promise<V[]> {
    return this.call('values');
  }

  /** Keys and values. */
  entries(): Promise<[K, V][]> {
    return this.call('entries');
  }

  /** Removes all keys. */
  clear(): Promise<void> {
    return this.call('clear');
  }

  /** All of it as a Map. */
  copy(): Promise<Map<K, V>> {
    return this.call('copy');
  }

  /** As `copy`: the dict as it is at one moment. */
  snapshot(): Promise<Map<K, V>> {
    return this.call('snapshot');
  }

  /** Sets all of a Map, an iterable of entries or an object, in one call. @throws TypeError; then nothing was set */
  async update(source: DictEntries<K, V>): Promise<void> {
    await this.call('update', [entriesOf(source, 'dict.update')]);
  }

  /** Removes a key and gives its value. Without one: the fallback. @throws NotFoundError when there is no fallback either. Python: KeyError */
  pop(key: K): Promise<RemoteResult<V>>;
  pop<F>(key: K, fallback: F): Promise<RemoteResult<V> | F>;
  pop(...args: [K, unknown?]): Promise<unknown> {
    return this.call('pop', args);
  }

  /** Removes the key that was set last, and gives it with its value. @throws NotFoundError when the dict is empty */
  popItem(): Promise<[K, V]> {
    return this.call('popItem');
  }

  /** The value, after it was set to `value` if there was none. Python: `setdefault`. */
  setDefault(key: K, value: V): Promise<RemoteResult<V>> {
    return this.call('setDefault', [key, value]);
  }

  /**
   * Sets a key to what `fn` gives for its value (undefined when there is none), and resolves with that. Atomic: when `fn` returns a promise, other calls of the dict wait for it. When it throws, nothing is set.
   *
   * @param fn - named as the target of a Process, or `inline`. Runs in the server.
   */
  modify(key: K, fn: (old: V | undefined) => V | Promise<V>): Promise<RemoteResult<V>> {
    return this.call('modify', [key, fn]);
  }

  /**
   * The changes from now on, of one key (then also those that clear the dict) or, without one, of all: `for await (const change of dict.watch('x'))`. Changes that come before the loop asks are kept, in their order, up
   * to `bufferSize`. `break` ends it, and so does the signal: then the iteration rejects with its reason. What is not seen: values that `transact` changes in place.
   *
   * @throws by the iteration: ManagerError when it fell behind by more than `bufferSize` changes, or the server is gone; TypeError, RangeError for bad options.
   */
  watch(key?: K, options: WatchOptions = {}): AsyncIterableIterator<DictChange<K, V>> {
    const { signal, bufferSize } = options;
    return new Watch(() => this.call('watch', [key === undefined, key, bufferSize]), signal);
  }

  /** The entries, fetched in parts: what is set meanwhile may be among them. */
  [Symbol.asyncIterator](): AsyncIterableIterator<[K, V]> {
    return this.iterate();
  }
}
registerProxyClass(DictProxy, 'manycore.DictProxy', import.meta.url);
