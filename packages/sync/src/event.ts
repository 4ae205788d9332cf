/**
 * `Event`: a flag that threads wait for.
 *
 * Block: word 0 = STATE: bit 0 is the flag, above it the number of times it was set; then a wait queue. One compareExchange changes it, so a kill leaves it as it was or as it will be;
 * killed between setting and waking, sleepers find out at the end of their slice.
 */
import type { SyncWaitOptions, WaitOptions } from '@manycore/core';
import { deadlineOf, READY, registerLockType, WAIT_QUEUE_WORDS, type Readiness, type Waitable } from '@manycore/core/internal';
import { Place } from './shared/place.js';
import { Primitive, registerPrimitive, type Arrived } from './shared/primitive.js';

const TYPE = 'manycore.Event';
const STATE = 0;
const QUEUE = 1;
const BYTES = (QUEUE + WAIT_QUEUE_WORDS) * 4;
const FLAG = 1;
const ONE_SET = 2;

registerPrimitive(TYPE, import.meta.url, (arrived) => new Event(arrived));
registerLockType(TYPE, { holders: () => [], queues: [QUEUE] });

/**
 * A flag that any process or thread can set and wait for.
 *
 * A waiter that waits already cannot miss a `set()` that is followed by `clear()` at once. A waiter that dies takes nothing along.
 *
 * Memory: what was written before `set()` is visible after the `wait` that it ends.
 *
 * @example
 * const ready = new Event();
 * new Process({ target: serve, args: [ready] }).start();
 * await ready.wait({ timeout: 5000 });
 *
 * @see Python `multiprocessing.Event`. Differs: milliseconds; a promise form; can be sent at any time.
 */
export class Event extends Primitive implements Waitable {
  readonly #place: Place;

  /** @throws OutOfMemoryError when the session's budget is used up. */
  constructor();
  /** @internal */
  constructor(arrived: Arrived);
  constructor(arrived?: Arrived) {
    super(TYPE, arrived?.block ?? BYTES);
    this.#place = new Place(this.session, this.words, QUEUE, () => this.isSet());
  }

  /** Sets the flag and wakes everybody who waits. Does not block. A second time does nothing. */
  set(): void {
    const { words } = this;
    for (;;) {
      const seen = words.load(STATE);
      if ((seen & FLAG) !== 0) return;
      if (words.compareExchange(STATE, seen, (seen + ONE_SET) | FLAG) === seen) break;
    }
    this.#place.wakeAll();
  }

  /** Takes the flag back: who comes now waits. Does not block. */
  clear(): void {
    this.words.and(STATE, ~FLAG);
  }

  /** Whether the flag is set at this moment. Python: `Event.is_set`. */
  isSet(): boolean {
    return (this.words.load(STATE) & FLAG) !== 0;
  }

  /**
   * Waits until the flag is set. Does not block the event loop.
   * @returns true when it is set, or was since the call; false when the timeout passed first.
   * @throws the signal's reason when aborted; TypeError for bad options.
   */
  async wait(options?: WaitOptions): Promise<boolean> {
    const deadline = deadlineOf(options, 'Event.wait');
    options?.signal?.throwIfAborted();
    const attempt = this.#attempt();
    return attempt() ?? (await this.#place.wait(attempt, deadline, options?.signal)) ?? false;
  }

  /** As `wait`, blocking the thread. */
  waitSync(options?: SyncWaitOptions): boolean {
    return this.#place.waitBlocked(this.#attempt(), deadlineOf(options, 'Event.waitSync')) ?? false;
  }

  #attempt(): () => true | undefined {
    const before = this.words.load(STATE);
    return () => {
      const state = this.words.load(STATE);
      // Set now, or set and cleared since.
      return (state & FLAG) !== 0 || (state | FLAG) !== (before | FLAG) ? true : undefined;
    };
  }

  /** For `waitReady`: as `wait`, from now on. */
  [READY](): Readiness {
    const attempt = this.#attempt();
    return { places: [{ words: this.words, queue: QUEUE }], isReady: () => attempt() === true };
  }

  protected describe(): string {
    return this.isSet() ? 'set' : 'not set';
  }
}
