/** A promise that waits for its turn: settled from outside, or ended by its deadline or its signal. */
import { remaining, type Deadline } from '@manycore/core/internal';

/** The longest delay that a Node timer takes. */
const MAX_TIMER_MS = 2 ** 31 - 1;

export class Waiter<T> {
  readonly promise: Promise<T>;
  #isSettled = false;
  #resolve!: (value: T) => void;
  #reject!: (reason: unknown) => void;
  #timer: NodeJS.Timeout | undefined;
  #forget: (() => void) | undefined;

  constructor() {
    this.promise = new Promise<T>((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  get isSettled(): boolean {
    return this.#isSettled;
  }

  /** Calls `onTime` at the deadline, and `onAbort` with the signal's reason, unless it is settled by then. The signal must not be aborted yet. */
  limit(deadline: Deadline, signal: AbortSignal | undefined, onTime: () => void, onAbort: (reason: unknown) => void): this {
    if (deadline !== Infinity) this.#arm(deadline, onTime);
    if (signal !== undefined) {
      const listener = (): void => onAbort(signal.reason);
      signal.addEventListener('abort', listener, { once: true });
      this.#forget = () => signal.removeEventListener('abort', listener);
    }
    return this;
  }

  /** Timers count from the start of the loop's turn and may fire a hair early; a long one is cut to what setTimeout can hold. */
  #arm(deadline: Deadline, onTime: () => void): void {
    this.#timer = setTimeout(() => (remaining(deadline) > 0 ? this.#arm(deadline, onTime) : onTime()), Math.min(Math.max(0, remaining(deadline)), MAX_TIMER_MS));
  }

  settle(value: T): void {
    this.#end();
    this.#resolve(value);
  }

  fail(reason: unknown): void {
    this.#end();
    this.#reject(reason);
  }

  #end(): void {
    this.#isSettled = true;
    clearTimeout(this.#timer);
    this.#forget?.();
  }
}
