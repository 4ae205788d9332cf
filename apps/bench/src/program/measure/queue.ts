import { Process, Queue } from 'manycore';
import type { Work } from '../../scenario/work.js';
import { itemsOf, mustBeSame } from '../items.js';
import { runPair } from '../pair.js';
import { now, report } from '../protocol.js';
import { consume, echo, echoBlocking, ping, pingBlocking, produce } from '../targets/queue.js';

export async function queueOneWay(order: Work): Promise<void> {
  const queue = new Queue<unknown>(order.maxSize);
  const board = await runPair((memory) => [
    new Process({ target: produce, args: [queue, memory, order] }),
    new Process({ target: consume, args: [queue, memory, order] }),
  ]);
  report(order, board.elapsedNs(), { checked: board.done(1) });
}

export function queueRoundTripBlocking(order: Work): Promise<void> {
  return roundTrip(order, pingBlocking, echoBlocking);
}

export function queueRoundTripPromises(order: Work): Promise<void> {
  return roundTrip(order, ping, echo);
}

type RoundTripSide = typeof ping | typeof pingBlocking;

async function roundTrip(order: Work, near: RoundTripSide, far: RoundTripSide): Promise<void> {
  const there = new Queue<unknown>(order.maxSize);
  const back = new Queue<unknown>(order.maxSize);
  const board = await runPair((memory) => [
    new Process({ target: near, args: [there, back, memory, order] }),
    new Process({ target: far, args: [there, back, memory, order] }),
  ]);
  report(order, board.elapsedNs(), { checked: board.done(0) });
}

export function queueLocal(order: Work): void {
  const queue = new Queue<unknown>(order.maxSize);
  const items = itemsOf(order.payload);
  const putAndGet = (count: number): void => {
    for (let i = 0; i < count; i++) {
      queue.putSync(items.make(i));
      mustBeSame(items, queue.getSync(), i);
    }
  };
  putAndGet(order.warmup);
  const start = now();
  putAndGet(order.operations);
  report(order, now() - start, { checked: order.operations });
}
