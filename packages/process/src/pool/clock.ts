/**
 * One clock for a pool and its workers, which each have a `performance.now()` of their own: the system's monotonic clock in ticks of 10 µs, as a 32-bit integer that wraps every twelve hours.
 */
const TICKS_PER_MS = 100;

let offsetMs: number | undefined;

/** Milliseconds of the system's monotonic clock at a moment of this thread's `performance.now()`. The first use of `performance` loads eleven modules of Node: not when this is imported. */
export const monotonicMs = (ms: number): number => ms + (offsetMs ??= offsetNow());

function offsetNow(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1000 + nanoseconds / 1e6 - performance.now();
}

/** Ticks at a moment of this thread's `performance.now()`. */
export const ticksAt = (ms: number): number => (monotonicMs(ms) * TICKS_PER_MS) | 0;

export const ticks = (): number => ticksAt(performance.now());

/** Milliseconds from one moment to another, at most six hours apart. */
export const msBetween = (from: number, to: number): number => ((to - from) | 0) / TICKS_PER_MS;

const float = new Float32Array(1);
const bits = new Int32Array(float.buffer);

/** A duration as a word. */
export function toBits(ms: number): number {
  float[0] = ms;
  return bits[0]!;
}

export function fromBits(word: number): number {
  bits[0] = word;
  return float[0]!;
}
