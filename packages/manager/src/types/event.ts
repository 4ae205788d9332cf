/** The referent of an `Event`. */
import type { WaitOptions } from '@manycore/core';
import { deadlineOf } from '@manycore/core/internal';
import { caller } from '../server/caller.js';
import { WaitList } from './wait-list.js';

/** A flag in the memory of the server. Who waits already cannot miss a `set` that is followed by `clear` at once. */
export class EventReferent {
  #isSet = false;
  readonly #waiters = new WaitList<undefined, true>();

  set(): void {
    this.#isSet = true;
    for (const waiter of this.#waiters) waiter.give(true);
  }

  clear(): void {
    this.#isSet = false;
  }

  isSet(): boolean {
    return this.#isSet;
  }

  wait(options?: WaitOptions): boolean | Promise<boolean> {
    const deadline = deadlineOf(options, 'Event.wait');
    if (this.#isSet || deadline === -Infinity) return this.#isSet;
    return this.#waiters.wait(undefined, deadline, caller().signal).then((given) => given === true);
  }
}
