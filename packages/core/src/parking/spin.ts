/**
 * Looking for a moment before sleeping: a sleep and its wake-up cost 7 to 45 µs on the machines we measured, a change by a running peer is seen in well under one.
 *
 * How long is learned, per thread for locks and per object for queues: doubled when looking paid off, or when the sleep that followed was so short that longer looking would have;
 * halved when it did not. With a single CPU the peer cannot run while we look, so nobody does.
 */
import type { Words } from '../memory/words.js';
import { native } from '../native.js';

/** How many loads to look for; changed by every look. */
export interface Patience {
  spin: number;
  /** The most it may grow to. */
  readonly most: number;
}

const FEWEST_LOADS = 32;
const FIRST_LOADS = 4096;
/** Longer than a wake-up takes: else two peers that answer each other at once would both fall asleep each time, and each pay for waking the other. */
export const MOST_LOADS = 65_536;
/** For calls that must not block the event loop: some ten microseconds. */
export const MOST_LOADS_ASYNC = 8192;
/** Roughly: a load is a call into the runtime. */
const LOAD_MS = 1e-5;
/** Mostly the wake-up itself, which takes up to some tenths of a millisecond on a virtual CPU that was idle: what was waited for came much earlier. */
const SHORT_SLEEP_MS = 0.3;

/** What to start with. The affinity mask counts: pinned to one CPU is one CPU. */
export const firstSpin = (): number => (native().cpuCount > 1 ? FIRST_LOADS : 0);

export const newPatience = (most: number): Patience => ({ spin: Math.min(firstSpin(), most), most });

/** Looks until the word is `value`; false when it gave up. */
export function spinWhileNot(words: Words, index: number, value: number, patience: Patience): boolean {
  for (let left = patience.spin; left > 0; left--) {
    if (words.load(index) === value) return learn(patience, true);
  }
  return learn(patience, false);
}

/** Looks until the word is one of the two, at most `most` times; false when it gave up. */
export function spinUntil(words: Words, index: number, one: number, other: number, patience: Patience, most = MOST_LOADS): boolean {
  for (let left = Math.min(most, patience.spin); left > 0; left--) {
    const value = words.load(index);
    if (value === one || value === other) return learn(patience, true);
  }
  return learn(patience, false);
}

/** Looks until `isWorthIt` says so; false when it gave up. */
export function spinFor(isWorthIt: () => boolean, patience: Patience): boolean {
  for (let left = patience.spin; left > 0; left--) {
    if (isWorthIt()) return learn(patience, true);
  }
  return learn(patience, false);
}

/** Looks until the word is no longer `value`; false when it gave up. */
export function spinWhile(words: Words, index: number, value: number, patience: Patience): boolean {
  for (let left = patience.spin; left > 0; left--) {
    if (words.load(index) !== value) return learn(patience, true);
  }
  return learn(patience, false);
}

/**
 * After a sleep of `ms`. The look before it had failed and halved the patience: what is added must be more than that. But a sleep that was shorter than the look was ended because this thread
 * gave its CPU away: the peer shares it, and looking longer would only keep the peer from running.
 */
export function learnFromSleep(patience: Patience, ms: number): void {
  if (ms < SHORT_SLEEP_MS && ms > patience.spin * 2 * LOAD_MS) patience.spin = Math.min(patience.most, patience.spin * 4);
}

function learn(patience: Patience, paidOff: boolean): boolean {
  if (patience.spin !== 0) patience.spin = paidOff ? Math.min(patience.most, patience.spin * 2) : Math.max(FEWEST_LOADS, patience.spin >>> 1);
  return paidOff;
}
