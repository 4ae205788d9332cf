/** Futures as they are given to `wait` and `asCompleted`: any iterable, each once. */
import { describe } from '@manycore/core/internal';
import { isIterable } from '@manycore/process/internal';
import { Future } from './future.js';

/** Whether its executor has no more to do with it: one that is merely CANCELLED has not been told. */
export const isComplete = ({ state }: Future<unknown>): boolean => state === 'FINISHED' || state === 'CANCELLED_AND_NOTIFIED';

/** @throws TypeError */
export function mustBeFuture(value: unknown, call: string): void {
  if (!(value instanceof Future)) throw new TypeError(`${call}: expected futures, got ${describe(value)}.`);
}

/** Each once, in the order they were given. @throws TypeError */
export function futureSet<F extends Future<unknown>>(futures: Iterable<F>, call: string): Set<F> {
  if (!isIterable(futures)) throw new TypeError(`${call}: expected an iterable of futures, got ${describe(futures)}.`);
  const set = new Set(futures);
  for (const future of set) mustBeFuture(future, call);
  return set;
}
