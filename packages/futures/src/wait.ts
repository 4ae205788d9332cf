import type { WaitOptions } from '@manycore/core';
import { deadlineOf, describe } from '@manycore/core/internal';
import { waitFor } from '@manycore/process/internal';
import { futureSet, isComplete } from './future-set.js';
import { FAILED, WATCH, type Future } from './future.js';

/** For `wait`: when one has ended. */
export const FIRST_COMPLETED = 'FIRST_COMPLETED';
/** For `wait`: when one has failed, or all have ended. */
export const FIRST_EXCEPTION = 'FIRST_EXCEPTION';
/** For `wait`: when all have ended. */
export const ALL_COMPLETED = 'ALL_COMPLETED';

/** When `wait` returns. */
export type ReturnWhen = typeof FIRST_COMPLETED | typeof FIRST_EXCEPTION | typeof ALL_COMPLETED;

export interface FuturesWaitOptions extends WaitOptions {
  /** `FIRST_COMPLETED`: when one has ended. `FIRST_EXCEPTION`: when one has failed, or all have ended. `ALL_COMPLETED`, the default. */
  returnWhen?: ReturnWhen | undefined;
}

/** What `wait` gives. */
export interface WaitResult<F> {
  readonly done: Set<F>;
  readonly notDone: Set<F>;
}

/**
 * Waits for futures, of any executors; those that are given more than once count once.
 *
 * @returns which have ended, cancelled ones included, and which have not; also when the timeout passed, which is no error. Nothing is looked at: failures stay for whoever asks.
 * @throws TypeError for what is no future, or another `returnWhen`; the signal's reason when aborted.
 * @example const { done, notDone } = await wait(futures, { returnWhen: FIRST_COMPLETED, timeout: 1000 });
 * @see Python `concurrent.futures.wait`
 */
export async function wait<F extends Future<unknown>>(futures: Iterable<F>, options: FuturesWaitOptions = {}): Promise<WaitResult<F>> {
  const all = futureSet(futures, 'wait(futures)');
  const deadline = deadlineOf(options, 'wait()');
  const { returnWhen = ALL_COMPLETED, signal } = options;
  if (![FIRST_COMPLETED, FIRST_EXCEPTION, ALL_COMPLETED].includes(returnWhen)) throw new TypeError(`wait(): returnWhen must be FIRST_COMPLETED, FIRST_EXCEPTION or ALL_COMPLETED, got ${describe(returnWhen)}.`);
  signal?.throwIfAborted();
  const notDone = new Set([...all].filter((future) => !isComplete(future)));
  const isEnough = (future: F): boolean => returnWhen === FIRST_COMPLETED || (returnWhen === FIRST_EXCEPTION && future[FAILED]);
  if (notDone.size > 0 && ![...all].some((future) => !notDone.has(future) && isEnough(future))) await waitFor((done) => watchAll(notDone, isEnough, done), deadline, signal);
  return { done: new Set([...all].filter((future) => !notDone.has(future))), notDone };
}

/** Takes futures that end out of `pending`, and calls `done` when that is enough. @returns how to stop. */
function watchAll<F extends Future<unknown>>(pending: Set<F>, isEnough: (future: F) => boolean, done: () => void): () => void {
  const watcher = (future: F): void => {
    if (!isComplete(future) || !pending.delete(future)) return;
    if (pending.size === 0 || isEnough(future)) done();
  };
  const unwatches = [...pending].map((future) => future[WATCH](watcher));
  return () => {
    for (const unwatch of unwatches) unwatch();
  };
}
