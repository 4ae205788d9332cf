import type { Waits } from '../scenario/work.js';

/** How long waits took, whose order is lost. The 99th percentile is the shortest wait that 99 of 100 do not exceed; `python/lock_wait.py` takes the same one. */
export function summarizeWaits(waits: BigInt64Array): Waits {
  waits.sort();
  return { count: waits.length, p99Ns: waits.length === 0 ? 0 : Number(waits[Math.ceil(waits.length * 0.99) - 1]) };
}
