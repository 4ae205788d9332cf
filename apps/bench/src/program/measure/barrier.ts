import { Barrier, Process } from 'manycore';
import type { Work } from '../../scenario/work.js';
import { runPair } from '../pair.js';
import { report } from '../protocol.js';
import { meetAgain } from '../targets/barrier.js';

export async function barrierTwo(order: Work): Promise<void> {
  const barrier = new Barrier(2);
  const board = await runPair((memory) => [
    new Process({ target: meetAgain, args: [barrier, memory, 0, order] }),
    new Process({ target: meetAgain, args: [barrier, memory, 1, order] }),
  ]);
  report(order, board.elapsedNs(), { counter: (board.counter[0] as number) - order.warmup, checked: board.done(0) + board.done(1) });
}
