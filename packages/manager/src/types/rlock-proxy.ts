import { registerProxyClass } from '../client/proxy-classes.js';
import { TreeLockableProxy } from './tree-lockable.js';
import type { RLockReferent } from './rlock.js';

/**
 * A recursive lock in the server of a manager: its owner may acquire it again, and has to release it as often.
 *
 * Who the owner is depends on how it was acquired. `acquire` and `tryAcquire`: the thread. `hold` and `withLock`: the async call tree, that is the caller and all it calls; two tasks that run at the same time in one thread exclude
 * one another. Only the owner may release. A client that dies, or ends, loses the lock to the next, however often it had acquired it (see `abandoned`).
 *
 * Memory: as `LockProxy`. Acquiring again takes a round trip, and never waits for others.
 *
 * @see Python `SyncManager.RLock`. Differs: promises; milliseconds; async tasks are owners of their own; the holder's death releases it.
 */
export class RLockProxy extends TreeLockableProxy<RLockReferent> {
  protected override readonly name = 'RLock';
}

registerProxyClass(RLockProxy, 'manycore.RLockProxy', import.meta.url);
