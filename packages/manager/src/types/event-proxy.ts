import type { WaitOptions } from '@manycore/core';
import { deadlineOf } from '@manycore/core/internal';
import { registerProxyClass } from '../client/proxy-classes.js';
import { RemoteObject } from '../remote-object.js';
import type { EventReferent } from './event.js';

/**
 * A flag in the server of a manager, that any client can set and wait for. Who waits already cannot miss a `set()` that is followed by `clear()` at once. A client that dies takes nothing along.
 *
 * @see Python `SyncManager.Event`. Differs: promises; milliseconds.
 */
export class EventProxy extends RemoteObject<EventReferent> {
  /** Sets the flag and ends the wait of everybody who waits. A second time does nothing. */
  set(): Promise<void> {
    return this.call('set');
  }

  /** Takes the flag back: who comes now waits. */
  clear(): Promise<void> {
    return this.call('clear');
  }

  /** Whether the flag is set at this moment. Python: `Event.is_set`. */
  isSet(): Promise<boolean> {
    return this.call('isSet');
  }

  /**
   * Waits until the flag is set.
   * @returns true when it is set, or was since the call; false when the timeout passed first.
   * @throws the signal's reason when aborted; ManagerError when the server is gone; TypeError for bad options.
   */
  async wait(options?: WaitOptions): Promise<boolean> {
    deadlineOf(options, 'Event.wait');
    return this.call('wait', options === undefined ? [] : [options]);
  }
}

registerProxyClass(EventProxy, 'manycore.EventProxy', import.meta.url);
