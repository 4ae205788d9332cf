import { TestingError } from './errors.js';

const scale = scaleFactor(process.env['MANYCORE_TEST_SCALE']);

/** Four durations for all tests, in milliseconds, times the factor in `MANYCORE_TEST_SCALE` (default 1; larger on a slow machine). */
export const SHORT = 50 * scale;
export const SMALL = 250 * scale;
export const MEDIUM = 1_000 * scale;
/** So long that only what hangs can reach it. */
export const LONG = 20_000 * scale;

const FIRST_PAUSE_MS = 1;
const LONGEST_PAUSE_MS = 50;

export interface UntilOptions {
  /** What is waited for, for the message: `the child has taken the lock`. */
  readonly what: string;
  /** Milliseconds; default LONG. */
  readonly timeout?: number;
}

/**
 * Waits for a state: asks `condition` again and again, at growing intervals of 1 to 50 ms, until it is truthy.
 *
 * @returns what `condition` returned.
 * @throws TestingError (`ERR_MANYCORE_TESTING_CONDITION`) when `timeout` passes first, also while an asynchronous condition is pending.
 * An error of the condition itself ends the wait and is passed on.
 */
export async function until<T>(condition: () => T | Promise<T>, { what, timeout = LONG }: UntilOptions): Promise<T> {
  const deadline = performance.now() + timeout;
  let pause = FIRST_PAUSE_MS;
  for (;;) {
    const held = await answered(condition(), deadline, () => late(what, timeout));
    if (held) return held;
    if (performance.now() >= deadline) throw late(what, timeout);
    await new Promise((resolve) => setTimeout(resolve, Math.min(pause, Math.max(0, deadline - performance.now()))));
    pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
  }
}

async function answered<T>(answer: T | Promise<T>, deadline: number, error: () => TestingError): Promise<T> {
  if (!(answer instanceof Promise)) return answer;
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(error()), Math.max(0, deadline - performance.now()));
  });
  try {
    return await Promise.race([answer, expired]);
  } finally {
    clearTimeout(timer);
  }
}

function late(what: string, timeout: number): TestingError {
  return new TestingError('ERR_MANYCORE_TESTING_CONDITION', `until: waited ${timeout} ms in vain for this: ${what}`);
}

function scaleFactor(text: string | undefined): number {
  if (text === undefined || text === '') return 1;
  const factor = Number(text);
  if (!Number.isFinite(factor) || factor <= 0) throw new RangeError(`MANYCORE_TEST_SCALE must be a number above 0, not "${text}"`);
  return factor;
}
