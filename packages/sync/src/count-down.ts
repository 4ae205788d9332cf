/**
 * The count of a latch: it goes down to 0 and stays there, and at 0 everybody who waits goes on.
 *
 * Word COUNT from `at`, then a wait queue. compareExchange(COUNT, c -> max(0, c - k)); who makes it 0 wakes all. Killed before that, the sleepers' slice finds the 0.
 */
import { WAIT_QUEUE_WORDS, wakeAll, type Kernel, type Words } from '@manycore/core/internal';

const COUNT = 0;
export const COUNT_QUEUE = COUNT + 1;
export const COUNT_WORDS = COUNT_QUEUE + WAIT_QUEUE_WORDS;

/** Counts down by `k`, not below 0. */
export function countDown(words: Words, at: number, kernel: Kernel, k: number): void {
  for (;;) {
    const seen = words.load(at + COUNT);
    const next = Math.max(0, seen - k);
    if (next === seen) return;
    if (words.compareExchange(at + COUNT, seen, next) !== seen) continue;
    if (next === 0) wakeAll(words, at + COUNT_QUEUE, kernel);
    return;
  }
}

export const countOf = (words: Words, at: number): number => words.load(at + COUNT);

export function beginCount(words: Words, at: number, n: number): void {
  words.store(at + COUNT, n);
}
