import type { WaitOptions } from '@manycore/core';
import { registerProxyClass } from '../client/proxy-classes.js';
import type { JoinableQueueReferent } from './joinable-queue.js';
import type { Batch } from './queue.js';
import { QueueProxy } from './queue-proxy.js';

/**
 * A queue in the server of a manager that knows which of its items are done: whoever gets one calls `taskDone()` when it is through with it, and `join` waits until there are as many calls as items were put.
 *
 * What a client had when it ended, however it ended, is on record. With `redeliver: true` it goes back to the front, in the order it was first taken: every item is done at least once. Without, `join` does not wait for the
 * dead: once the queue is empty and nobody who lives has an item, it rejects with a QueueError that says who took what.
 *
 * @see Python `SyncManager.JoinableQueue`. Differs: as `QueueProxy`; `redeliver`; `taskDone(item)`.
 */
export class JoinableQueueProxy<T = unknown> extends QueueProxy<T, JoinableQueueReferent> {
  protected override readonly name = 'JoinableQueue';
  /** What was gotten through this object and not marked, by the number of its lease; nothing without redelivery. */
  readonly #given = new Map<number, T>();

  /**
   * Marks one item as done.
   * @param item - which: what `get` gave, itself. Default: the oldest of this thread, then one of another thread of the process, of another process, of nobody. Without `redeliver` it makes no difference.
   * @throws QueueError when every item that was put is done already, and for an item that this thread did not get through this object or has marked; ClosedError after `close`.
   */
  async taskDone(item?: T): Promise<void> {
    this.begin('taskDone');
    const done = await this.call<number | undefined>('taskDone', item === undefined ? [] : [this.#leaseOf(item)]);
    if (done !== undefined) this.#given.delete(done);
  }

  /**
   * Waits until every item that was put is done; at once when there is none.
   * @throws TimeoutError when the timeout passed first; the signal's reason when aborted; ClosedError after `close`; QueueError when all items that are left were taken by clients that ended before `taskDone()`,
   *   without `redeliver`; ManagerError when the server is gone.
   */
  async join(options?: WaitOptions): Promise<void> {
    this.begin('join', options);
    await this.call('join', options === undefined ? [] : [options]);
  }

  protected override async take(max: number, call: string, options: WaitOptions | undefined): Promise<T[]> {
    const { items, leases } = await this.call<Batch>('getLeased', options === undefined ? [max, call] : [max, call, options]);
    for (const [i, lease] of leases.entries()) this.#given.set(lease, items[i] as T);
    return items as T[];
  }

  /** Not found without redelivery: the server does not look at it then. */
  #leaseOf(item: T): number {
    for (const [lease, given] of this.#given) {
      if (!Object.is(given, item)) continue;
      // Twice the same value: the next call is about the other.
      this.#given.delete(lease);
      return lease;
    }
    return NO_LEASE;
  }
}

/** No lease has this number. */
const NO_LEASE = 0;

registerProxyClass(JoinableQueueProxy, 'manycore.JoinableQueueProxy', import.meta.url);
