/** Promises that wait for one moment, a deadline, or an abort, whichever comes first. */
import { remaining, type Deadline } from '@manycore/core/internal';

/** The longest delay that a Node timer takes. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/**
 * Resolves when `done` is called by whom `subscribe` hands it to, or when the deadline passes; rejects with `signal.reason` when aborted.
 * The function that `subscribe` returns is called once at the end, however it ends.
 */
export function waitFor(subscribe: (done: () => void) => () => void, deadline: Deadline, signal: AbortSignal | undefined): Promise<void> {
  if (signal?.aborted === true) return Promise.reject(signal.reason as Error);
  return new Promise((resolve, reject) => {
    let timer: NodeJS.Timeout | undefined;
    const finish = (settle: () => void): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      unsubscribe();
      settle();
    };
    const onAbort = (): void => finish(() => reject(signal!.reason as Error));
    const onTime = (): void => {
      // Timers may fire a hair early, and a long one is cut to what a timer can hold.
      const left = remaining(deadline);
      if (left <= 0) finish(resolve);
      else timer = setTimeout(onTime, Math.min(left, MAX_TIMER_MS));
    };
    const unsubscribe = subscribe(() => finish(resolve));
    signal?.addEventListener('abort', onAbort, { once: true });
    if (deadline !== Infinity) onTime();
  });
}
