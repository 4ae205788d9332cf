import { registerSemaphore, Semaphore, type SemaphoreKind, type SemaphoreOptions } from './semaphore.js';
import type { Arrived } from './shared/primitive.js';

const KIND: SemaphoreKind = { type: 'manycore.BoundedSemaphore', isBounded: true };

registerSemaphore(KIND.type, import.meta.url, (arrived) => new BoundedSemaphore(arrived));

/**
 * A semaphore that never has more permits than it was made with: a release too many is an error in the program, and throws `LockError`.
 *
 * @example
 * const slots = new BoundedSemaphore(2);
 * await slots.withLock(async () => { … });
 *
 * @see Python `multiprocessing.BoundedSemaphore`. Differs: as `Semaphore`; the bound holds on every system.
 */
export class BoundedSemaphore extends Semaphore {
  /**
   * @param value - how many permits there are at first and at most: a whole number from 0 to 2147483647; default 1.
   * @throws as `Semaphore`.
   */
  constructor(value?: number, options?: SemaphoreOptions);
  /** @internal */
  constructor(arrived: Arrived);
  constructor(value?: number | Arrived, options?: SemaphoreOptions) {
    super(value, options, KIND);
  }
}
