import { registerProxyClass } from '../client/proxy-classes.js';
import { RemoteObject } from '../remote-object.js';
import type { Key } from './same-value.js';
import type { ManagedSet } from './set.js';

/** A set in a manager's server; its members are primitives, or proxies. @see Python `SyncManager.set` (3.14). */
export class SetProxy<T = Key> extends RemoteObject<ManagedSet<T>> implements AsyncIterable<T> {
  /** Adds a member. @throws TypeError for an object */
  add(member: T): Promise<void> {
    return this.call('add', [member]);
  }

  has(member: T): Promise<boolean> {
    return this.call('has', [member]);
  }

  /** Removes a member; whether it was one. */
  delete(member: T): Promise<boolean> {
    return this.call('delete', [member]);
  }

  size(): Promise<number> {
    return this.call('size');
  }

  /** The members, in the order in which they were added. */
  values(): Promise<T[]> {
    return this.call('values');
  }

  clear(): Promise<void> {
    return this.call('clear');
  }

  /** All of it as a Set. */
  copy(): Promise<Set<T>> {
    return this.call('copy');
  }

  /** As `copy`: the set as it is at one moment. */
  snapshot(): Promise<Set<T>> {
    return this.call('snapshot');
  }

  /** The members, fetched in parts: changes meanwhile may be seen. */
  [Symbol.asyncIterator](): AsyncIterableIterator<T> {
    return this.iterate();
  }
}
registerProxyClass(SetProxy, 'manycore.SetProxy', import.meta.url);
