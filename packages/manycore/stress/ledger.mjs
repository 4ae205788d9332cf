/**
 * What the campaign's processes did, in shared memory: it survives every one of them but the main program.
 *
 * Producer n writes `put[n]`: how many of its items are surely in the queue. A consumer counts each item it took in `seen`. `pair` is guarded by the lock: both halves are equal
 * whenever nobody is inside.
 */
import { sharedBuffer } from 'manycore';

export const ITEMS_PER_PRODUCER = 1 << 18;

export function makeLedger(producers) {
  return {
    put: new Int32Array(sharedBuffer(4 * producers).buffer, 0, producers),
    seen: sharedBuffer(producers * ITEMS_PER_PRODUCER),
    pair: new Int32Array(sharedBuffer(64).buffer, 0, 16),
  };
}

/** Words of `pair`. */
export const LEFT = 0;
export const RIGHT = 1;
/** Progress of anybody. */
export const STEPS = 2;
/** Broken promises seen by the processes themselves. */
export const FAULTS = 3;
export const STOP = 4;

/**
 * Nothing that was put may be missing but what a killed consumer can have held; nothing may be seen twice; nothing may be seen that was not put (the one item of a
 * killed producer whose `put` had not returned yet may or may not be there).
 */
export function audit({ put, seen }, { killedConsumers, killedProducers }) {
  let lost = 0;
  let doubled = 0;
  let unrecorded = 0;
  let invented = 0;
  let items = 0;
  for (let producer = 0; producer < put.length; producer++) {
    const base = producer * ITEMS_PER_PRODUCER;
    items += put[producer];
    for (let i = 0; i < put[producer]; i++) {
      if (seen[base + i] === 0) lost++;
      else if (seen[base + i] > 1) doubled++;
    }
    unrecorded += Math.min(1, seen[base + put[producer]] ?? 0);
    for (let i = put[producer] + 1; i < Math.min(ITEMS_PER_PRODUCER, put[producer] + 1000); i++) invented += seen[base + i] > 0 ? 1 : 0;
  }
  const problems = [];
  if (lost > killedConsumers) problems.push(`${lost} items lost, but only ${killedConsumers} consumers were killed`);
  if (doubled > 0) problems.push(`${doubled} items doubled`);
  if (unrecorded > killedProducers) problems.push(`${unrecorded} items of unfinished puts, but only ${killedProducers} producers were killed`);
  if (invented > 0) problems.push(`${invented} items that nobody put`);
  return { items, lost, problems };
}
