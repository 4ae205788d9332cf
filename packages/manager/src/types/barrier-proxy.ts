import type { WaitOptions } from '@manycore/core';
import { deadlineOf } from '@manycore/core/internal';
import { registerProxyClass } from '../client/proxy-classes.js';
import { RemoteObject } from '../remote-object.js';
import type { BarrierReferent } from './barrier.js';

/**
 * Lets a number of parties, in any programs that reach the server of a manager, wait until all of them have come. It can be used again and again.
 *
 * A wait that timed out or was aborted, a client that died while it waited, an action that threw and `abort()` break the barrier: those who wait, and those who come later, get a BrokenBarrierError, until `reset()`.
 * The action runs in the server; the last to come gets its error. What the barrier is like is asked with `await barrier.broken`.
 *
 * @see Python `SyncManager.Barrier`. Differs: promises; milliseconds; breaks when a party dies.
 */
export class BarrierProxy extends RemoteObject<BarrierReferent> {
  /** How many have to wait. Python: `Barrier.parties`. */
  get parties(): Promise<number> {
    return this.call('parties');
  }

  /** How many wait at this moment for others to come; 0 once all have. Python: `Barrier.n_waiting`. */
  get nWaiting(): Promise<number> {
    return this.call('nWaiting');
  }

  /** Whether the barrier is broken, until `reset()`. Python: `Barrier.broken`. */
  get broken(): Promise<boolean> {
    return this.call('broken');
  }

  /**
   * Waits until all parties have come.
   * @param options.timeout - milliseconds; absent: the timeout of the barrier. When it passes, the barrier breaks; 0 or negative: it breaks unless this party is the last.
   * @returns a number from 0 to `parties - 1`, another for each party: the order in which they came.
   * @throws BrokenBarrierError when the barrier is broken, breaks, is reset, or the timeout passed; the signal's reason when aborted, which breaks the barrier for the others; of the last party, what the action throws;
   *   ManagerError when the server is gone; TypeError for bad options.
   */
  async wait(options?: WaitOptions): Promise<number> {
    deadlineOf(options, 'Barrier.wait');
    return this.call('wait', options === undefined ? [] : [options]);
  }

  /** Breaks the barrier: who waits, and who comes, gets a BrokenBarrierError until `reset()`. */
  abort(): Promise<void> {
    return this.call('abort');
  }

  /** Makes the barrier usable, broken or not. Who waits gets a BrokenBarrierError. */
  reset(): Promise<void> {
    return this.call('reset');
  }
}

registerProxyClass(BarrierProxy, 'manycore.BarrierProxy', import.meta.url);
