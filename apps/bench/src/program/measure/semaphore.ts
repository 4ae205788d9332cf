import { Process, Semaphore } from 'manycore';
import type { Work } from '../../scenario/work.js';
import { runPair } from '../pair.js';
import { now, report } from '../protocol.js';
import { giveFirst, takeFirst } from '../targets/semaphore.js';

export function semaphoreUncontended(order: Work): void {
  const semaphore = new Semaphore(1);
  takeAndGive(semaphore, order.warmup);
  const start = now();
  takeAndGive(semaphore, order.operations);
  const elapsed = now() - start;
  const excluded = semaphore.tryAcquire() && !semaphore.tryAcquire();
  semaphore.release();
  report(order, elapsed, { excluded: excluded && semaphore.getValue() === 1 });
}

function takeAndGive(semaphore: Semaphore, count: number): void {
  for (let i = 0; i < count; i++) {
    semaphore.acquireSync();
    semaphore.release();
  }
}

export async function semaphoreRoundTrip(order: Work): Promise<void> {
  const there = new Semaphore(0);
  const back = new Semaphore(0);
  const board = await runPair((memory) => [
    new Process({ target: giveFirst, args: [there, back, memory, order] }),
    new Process({ target: takeFirst, args: [there, back, memory, order] }),
  ]);
  const counter = (board.counter[0] as number) - 2 * order.warmup;
  report(order, board.elapsedNs(), { counter, checked: board.done(0) + board.done(1) });
}
