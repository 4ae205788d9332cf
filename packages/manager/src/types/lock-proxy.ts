import { registerProxyClass } from '../client/proxy-classes.js';
import { AbandonableProxy } from './abandonable.js';
import type { LockReferent } from './lock.js';

/**
 * A lock in the server of a manager, between any programs that reach it.
 *
 * Not reentrant: a second `acquire` by the holder waits for the first to be released. Any client may release. First come, first served. A client that dies, or ends, without releasing loses the lock to the next
 * (see `abandoned`).
 *
 * Memory: what a program did before `release()` it did before the `acquire()` that follows resolves elsewhere, also to other objects of the same server.
 *
 * @see Python `SyncManager.Lock`. Differs: promises; milliseconds; the holder's death releases it.
 */
export class LockProxy extends AbandonableProxy<LockReferent> {
  protected override readonly name = 'Lock';
}

registerProxyClass(LockProxy, 'manycore.LockProxy', import.meta.url);
