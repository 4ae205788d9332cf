import { Lock, Process } from 'manycore';
import type { Work } from '../../scenario/work.js';
import { runPair } from '../pair.js';
import { now, report } from '../protocol.js';
import { hammer } from '../targets/lock.js';

export function lockUncontended(order: Work): void {
  const lock = new Lock();
  takeAndGive(lock, order.warmup);
  const start = now();
  takeAndGive(lock, order.operations);
  const elapsed = now() - start;
  const excluded = lock.tryAcquire() && !lock.tryAcquire();
  lock.release();
  report(order, elapsed, { excluded: excluded && !lock.locked() });
}

function takeAndGive(lock: Lock, count: number): void {
  for (let i = 0; i < count; i++) {
    lock.acquireSync();
    lock.release();
  }
}

export async function lockOfTwo(order: Work): Promise<void> {
  const lock = new Lock();
  const board = await runPair((memory) => [
    new Process({ target: hammer, args: [lock, memory, 0, order] }),
    new Process({ target: hammer, args: [lock, memory, 1, order] }),
  ]);
  report(order, board.elapsedNs(), { counter: (board.counter[0] as number) - order.warmup, shares: [board.done(0), board.done(1)] });
}
