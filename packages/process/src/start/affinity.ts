/**
 * The CPUs that a child may run on. A thread and a process begin with those of the thread that starts them, so this is set here, around the
 * start, and then set back: then it holds for all of the child's threads from their first instruction on.
 */
import { describe, native } from '@manycore/core/internal';

/** As many as the system interface has room for. */
const MOST_CPUS = 8192;
const EINVAL = 22;

/**
 * @throws TypeError for what is no list of whole numbers; RangeError for an empty list, and for CPUs that there are not, or that this process
 *   may not use.
 */
export function checkAffinity(affinity: unknown, call: string): readonly number[] | undefined {
  if (affinity === undefined) return undefined;
  if (!Array.isArray(affinity)) throw new TypeError(`${call}: expected an array of CPU numbers, got ${describe(affinity)}.`);
  if (affinity.length === 0) throw new RangeError(`${call}: the list is empty; a process needs one CPU at least.`);
  const cpus = affinity.map((cpu: unknown, index) => {
    if (typeof cpu !== 'number' || !Number.isInteger(cpu))
      throw new TypeError(`${call}: affinity[${index}] must be the number of a CPU, got ${describe(cpu)}.`);
    if (cpu < 0 || cpu >= MOST_CPUS) throw new RangeError(`${call}: affinity[${index}] is ${cpu}, which is no number of a CPU.`);
    return cpu;
  });
  withAffinity(cpus, call, () => undefined);
  return cpus;
}

/** Runs `start`, which starts a child, with these CPUs. @throws RangeError when one of them is not to be had. */
export function withAffinity<T>(cpus: readonly number[] | undefined, call: string, start: () => T): T {
  if (cpus === undefined) return start();
  const addon = native();
  const own = addon.affinity();
  if (typeof own === 'number') throw new RangeError(`${call}: the system does not say which CPUs there are (errno ${-own}).`);
  const error = addon.setAffinity(cpus);
  try {
    if (error !== 0 && error !== -EINVAL) throw new RangeError(`${call}: the system refuses the CPUs ${cpus.join(', ')} (errno ${-error}).`);
    const got = error === 0 ? (addon.affinity() as number[]) : [];
    const missing = cpus.filter((cpu) => !got.includes(cpu));
    if (missing.length > 0) throw new RangeError(`${call}: CPU ${missing.join(', ')} cannot be had by this process.`);
    return start();
  } finally {
    if (error === 0) addon.setAffinity(own);
  }
}
