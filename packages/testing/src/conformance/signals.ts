/** Words of a board as messages between participants, and the limits within which a survivor must get on. */
import { LONG, MEDIUM, until } from '../delays.js';

/** Far more than anybody needs who was woken, and than any look for the dead takes. */
export const IN_TIME = 5 * MEDIUM;
/** For a number of hand-overs of which each would cost 50 ms, the longest sleep between two looks, if its wake-up were lost. */
export const LOST_WAKE_UP_MS = 50;

const cell = new Int32Array(new SharedArrayBuffer(4));

export function sleepSync(ms: number): void {
  Atomics.wait(cell, 0, 0, ms);
}

export function raise(board: Int32Array, word: number): void {
  Atomics.add(board, word, 1);
}

export function isRaised(board: Int32Array, word: number, times = 1): boolean {
  return Atomics.load(board, word) >= times;
}

/** Waits until a word was raised that often. */
export async function raised(board: Int32Array, word: number, times = 1): Promise<void> {
  await until(() => isRaised(board, word, times), { what: `word ${word} of the board to be raised ${times} times` });
}

/** As `raised`, blocking the thread. */
export function raisedSync(board: Int32Array, word: number, times = 1): void {
  for (const deadline = performance.now() + LONG; !isRaised(board, word, times); sleepSync(1)) {
    if (performance.now() > deadline) throw new Error(`word ${word} of the board was not raised ${times} times`);
  }
}

/** What must not take longer than IN_TIME. */
export async function inTime<T>(promise: Promise<T>, what: string, limit = IN_TIME): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`not within ${limit} ms: ${what}`)), limit);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** A moment in which a participant that said what it is about to do most likely does it. What is asserted holds either way: this only makes the interesting schedule likely. */
export function aMoment(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 15));
}

export function turnOfTheLoop(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
