import { Process, Value } from 'manycore';
import type { Work } from '../../scenario/work.js';
import { runPair, succeed } from '../pair.js';
import { now, report } from '../protocol.js';
import { addAll, mustHold, raiseAll } from '../targets/value.js';

/** With the lock that a Value has. */
export function valueIncrement(order: Work): Promise<void> {
  return alone(order, increment);
}

export function valueAdd(order: Work): Promise<void> {
  return alone(order, add);
}

export function valueIncrementOfTwo(order: Work): Promise<void> {
  return together(order, raiseAll);
}

export function valueAddOfTwo(order: Work): Promise<void> {
  return together(order, addAll);
}

async function alone(order: Work, raise: (value: Value<'i'>, count: number) => void): Promise<void> {
  const value = new Value('i');
  raise(value, order.warmup);
  const start = now();
  raise(value, order.operations);
  const elapsed = now() - start;
  const counter = value.value;
  await succeed(new Process({ target: mustHold, args: [value, counter] }).start());
  report(order, elapsed, { counter: counter - order.warmup });
}

function increment(value: Value<'i'>, count: number): void {
  const lock = value.getLock();
  for (let i = 0; i < count; i++) {
    lock.acquireSync();
    value.value += 1;
    lock.release();
  }
}

function add(value: Value<'i'>, count: number): void {
  for (let i = 0; i < count; i++) value.add(1);
}

async function together(order: Work, raise: typeof raiseAll | typeof addAll): Promise<void> {
  const value = new Value('i');
  const board = await runPair((memory) => [new Process({ target: raise, args: [value, memory, 0, order] }), new Process({ target: raise, args: [value, memory, 1, order] })]);
  report(order, board.elapsedNs(), { counter: value.value - order.warmup, shares: [board.done(0), board.done(1)] });
}
