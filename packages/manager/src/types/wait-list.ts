/**
 * Who waits for something that lives in the server: first come, first served.
 *
 * The server has one thread and nobody else sees its memory, so a waiter is an entry of a list. It leaves the list in exactly one way: it is given what it waits for, its time is up, or its
 * signal is aborted, which is also what the death of its client does. Whoever gives does so before anything else runs, so what was given cannot be lost between two waiters.
 */
import { remaining, type Deadline } from '@manycore/core/internal';

/** The longest delay of a timer of Node; a longer one would fire at once. */
const MOST_MS = 2 ** 31 - 1;

/** One that waits. */
export class Waiter<W, R> {
  #settle: ((outcome: { value: R } | { error: unknown } | undefined) => void) | undefined;

  /** @internal */
  constructor(
    readonly what: W,
    settle: (outcome: { value: R } | { error: unknown } | undefined) => void,
  ) {
    this.#settle = settle;
  }

  /** Ends the wait with a value. Only the first end counts. */
  give(value: R): void {
    this.#end({ value });
  }

  /** Ends the wait with an error. */
  fail(error: unknown): void {
    this.#end({ error });
  }

  /** Ends the wait because its time is up. */
  giveUp(): void {
    this.#end(undefined);
  }

  #end(outcome: { value: R } | { error: unknown } | undefined): void {
    const settle = this.#settle;
    this.#settle = undefined;
    settle?.(outcome);
  }
}

/** A list of those who wait; `W` is what each of them wants, `R` what it is given. */
export class WaitList<W, R> implements Iterable<Waiter<W, R>> {
  readonly #waiters = new Set<Waiter<W, R>>();

  get size(): number {
    return this.#waiters.size;
  }

  /** The one that has waited longest. */
  get first(): Waiter<W, R> | undefined {
    for (const waiter of this.#waiters) return waiter;
    return undefined;
  }

  /** In the order in which they came. Ending one of them while iterating is allowed. */
  [Symbol.iterator](): Iterator<Waiter<W, R>> {
    return this.#waiters.values();
  }

  /**
   * Waits to be given something.
   * @param signal - of the call: it is aborted when the call is cancelled and when its client is gone.
   * @returns what was given; undefined when the deadline passed first. Rejects with the signal's reason, and with what `fail` was called with.
   */
  wait(what: W, deadline: Deadline, signal?: AbortSignal): Promise<R | undefined> {
    return new Promise<R | undefined>((resolve, reject) => {
      if (signal?.aborted === true) return reject(signal.reason as Error);
      let timer: NodeJS.Timeout | undefined;
      const onAbort = (): void => waiter.fail(signal!.reason);
      const waiter = new Waiter<W, R>(what, (outcome) => {
        this.#waiters.delete(waiter);
        clearTimeout(timer);
        signal?.removeEventListener('abort', onAbort);
        if (outcome === undefined) resolve(undefined);
        else if ('value' in outcome) resolve(outcome.value);
        else reject(outcome.error);
      });
      const look = (): void => {
        const left = remaining(deadline);
        if (left <= 0) waiter.giveUp();
        // A timer may be early by a part of a millisecond.
        else timer = setTimeout(look, Math.min(Math.ceil(left), MOST_MS));
      };
      this.#waiters.add(waiter);
      signal?.addEventListener('abort', onAbort, { once: true });
      if (deadline !== Infinity) look();
    });
  }
}
