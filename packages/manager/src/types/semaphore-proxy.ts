import { registerProxyClass } from '../client/proxy-classes.js';
import { LockableProxy } from './lockable-proxy.js';
import type { SemaphoreReferent } from './semaphore.js';

/**
 * A counter of permits in the server of a manager: `acquire` takes one, waiting while there is none; `release` gives one back. First come, first served.
 *
 * Nobody owns a permit: any client may release. The permits of a client that dies are lost, as in Python, unless the semaphore was made with `{ robust: true }`: then they come back.
 *
 * @see Python `SyncManager.Semaphore`. Differs: promises; milliseconds; `release(n)`; `robust`.
 */
export class SemaphoreProxy extends LockableProxy<SemaphoreReferent> {
  protected override readonly name: string = 'Semaphore';

  /**
   * Gives permits back and lets those who wait have them.
   * @param n - how many, all at once; from 1 on.
   * @throws LockError when there would be more than 2147483647, of a bounded one more than at first; nothing is changed. TypeError, RangeError for another `n`.
   */
  override async release(n = 1): Promise<void> {
    await this.call('release', n === 1 ? [] : [n]);
  }

  /** How many permits are left at this moment. Python: `Semaphore.get_value`. */
  getValue(): Promise<number> {
    return this.call('getValue');
  }
}

/** A semaphore in the server of a manager that never has more permits than it was made with: a release too many throws LockError. */
export class BoundedSemaphoreProxy extends SemaphoreProxy {
  protected override readonly name = 'BoundedSemaphore';
}

registerProxyClass(SemaphoreProxy, 'manycore.SemaphoreProxy', import.meta.url);
registerProxyClass(BoundedSemaphoreProxy, 'manycore.BoundedSemaphoreProxy', import.meta.url);
