/**
 * Looking for a moment before sleeping: a sleep and its wake-up cost 7 to 45 µs on the machines we measured, a change by a running peer is seen in well under one.
 *
 * How long is learned per thread: doubled when looking paid off, halved when it did not. With a single CPU the peer cannot run while we look, so nobody does.
 */
import { availableParallelism } from 'node:os';
import type { Words } from '../memory/words.js';
import type { Kernel } from './kernel.js';

const FEWEST_LOADS = 32;
const MOST_LOADS = 16_384;

/** What a thread starts with. The affinity mask counts: pinned to one CPU is one CPU. */
export const firstSpin = (): number => (availableParallelism() > 1 ? 1024 : 0);

/** Looks until the word is `value`; false when it gave up. */
export function spinWhileNot(words: Words, index: number, value: number, kernel: Kernel): boolean {
  for (let left = kernel.spin; left > 0; left--) {
    if (words.load(index) === value) return learn(kernel, true);
  }
  return learn(kernel, false);
}

/** Looks until the word is no longer `value`; false when it gave up. */
export function spinWhile(words: Words, index: number, value: number, kernel: Kernel): boolean {
  for (let left = kernel.spin; left > 0; left--) {
    if (words.load(index) !== value) return learn(kernel, true);
  }
  return learn(kernel, false);
}

function learn(kernel: Kernel, paidOff: boolean): boolean {
  if (kernel.spin !== 0) kernel.spin = paidOff ? Math.min(MOST_LOADS, kernel.spin * 2) : Math.max(FEWEST_LOADS, kernel.spin >>> 1);
  return paidOff;
}
