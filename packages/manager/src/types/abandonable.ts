import type { Abandoned } from '@manycore/sync';
import { LockableProxy } from './lockable-proxy.js';

/** Proxies of locks: they go on when their holder dies, and say so. */
export abstract class AbandonableProxy<T = unknown> extends LockableProxy<T> {
  /** Who died holding the lock, while nobody has called `recover()` since; null when all is well. What the lock guards may be half changed. `await lock.abandoned`. */
  get abandoned(): Promise<Abandoned | null> {
    return this.call('abandoned');
  }

  /** Says that what the lock guards was checked or repaired: `abandoned` is null again, and a lock with `onAbandoned: 'error'` can be acquired again. */
  recover(): Promise<void> {
    return this.call('recover');
  }
}
