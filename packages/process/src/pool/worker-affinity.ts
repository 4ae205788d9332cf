/** Which worker may run on which CPUs. */
import { describe } from '@manycore/core/internal';
import { checkAffinity } from '../start/affinity.js';

/** CPUs that each worker may use; or a list of them for each, where the lists are dealt out in turn when there are more workers. */
export type PoolAffinity = readonly number[] | readonly (readonly number[])[];

/** The CPUs of a worker by its number. @throws TypeError, RangeError */
export function affinityOf(affinity: unknown, call: string): (worker: number) => readonly number[] | undefined {
  if (affinity === undefined) return () => undefined;
  if (!Array.isArray(affinity)) throw new TypeError(`${call}: expected an array of CPU numbers, or of such arrays, got ${describe(affinity)}.`);
  if (!affinity.some(Array.isArray)) {
    const cpus = checkAffinity(affinity, call);
    return () => cpus;
  }
  const lists = affinity.map((list: unknown, index) => {
    if (!Array.isArray(list)) throw new TypeError(`${call}: affinity[${index}] must be an array of CPU numbers as the others, got ${describe(list)}.`);
    return checkAffinity(list, `${call}[${index}]`);
  });
  return (worker) => lists[(worker - 1) % lists.length];
}
