import { registerProxyClass } from '../client/proxy-classes.js';
import { RemoteObject } from '../remote-object.js';
import type { RemoteResult } from '../remote.js';
import type { ManagedList } from './list.js';

/**
 * A list in a manager's server. Values are copied in and out; proxies among them stay live. A value that was got is a copy: set it again to change it in the list. Indexes count from the end when they are negative.
 * Every method is one call, and atomic.
 *
 * @see Python `multiprocessing.managers.ListProxy`. Differs: promises; JavaScript's names beside Python's; `transact`.
 */
export class ListProxy<T = unknown> extends RemoteObject<ManagedList<T>> implements AsyncIterable<T> {
  /** An item. @throws RangeError outside of the list. Python: IndexError */
  at(index: number): Promise<RemoteResult<T>> {
    return this.call('at', [index]);
  }

  /** Sets an item that there is. @throws RangeError outside of the list */
  set(index: number, value: T): Promise<void> {
    return this.call('set', [index, value]);
  }

  /** Adds values at the end, in one call; gives the new length. */
  push(...values: T[]): Promise<number> {
    return this.call('push', values);
  }

  /** Adds a value at the end. */
  append(value: T): Promise<void> {
    return this.call('append', [value]);
  }

  /** Removes an item, by default the last one, and gives it. @throws RangeError outside of the list, or when it is empty */
  pop(index?: number): Promise<RemoteResult<T>> {
    return this.call('pop', index === undefined ? [] : [index]);
  }

  /** Adds all of an iterable at the end, in one call. */
  async extend(values: Iterable<T>): Promise<void> {
    await this.call('extend', [[...values]]);
  }

  /** Puts a value before an item; beyond the end: at the end. */
  insert(index: number, value: T): Promise<void> {
    return this.call('insert', [index, value]);
  }

  /** Removes the first item that is the same: by what is in it, as copies never are the same object; proxies when they are of one object. @throws NotFoundError when there is none. Python: ValueError */
  remove(value: T): Promise<void> {
    return this.call('remove', [value]);
  }

  /** Where the first such item is, as `remove` compares; -1 when there is none. */
  indexOf(value: T): Promise<number> {
    return this.call('indexOf', [value]);
  }

  /** How many such items there are, as `remove` compares. */
  count(value: T): Promise<number> {
    return this.call('count', [value]);
  }

  /** Turns the order around. */
  reverse(): Promise<void> {
    return this.call('reverse');
  }

  /**
   * Sorts the list, equal items keep their order. By default by `<`, as Python does, numbers as numbers.
   * @param compare - as of `Array.prototype.sort`; named as the target of a Process, or `inline`. When it throws, nothing is changed.
   */
  sort(compare?: (a: T, b: T) => number): Promise<void> {
    return this.call('sort', compare === undefined ? [] : [compare]);
  }

  /** Part of the list, copied; arguments as of `Array.prototype.slice`. */
  slice(start?: number, end?: number): Promise<T[]> {
    return this.call('slice', [start, end]);
  }

  /** How many items there are. */
  length(): Promise<number> {
    return this.call('length');
  }

  /** Removes all items. */
  clear(): Promise<void> {
    return this.call('clear');
  }

  /** All of it as an array. */
  copy(): Promise<T[]> {
    return this.call('copy');
  }

  /** As `copy`: the list as it is at one moment. */
  snapshot(): Promise<T[]> {
    return this.call('snapshot');
  }

  /** The items, fetched in parts: changes meanwhile may be seen. */
  [Symbol.asyncIterator](): AsyncIterableIterator<T> {
    return this.iterate();
  }
}
registerProxyClass(ListProxy, 'manycore.ListProxy', import.meta.url);
