import { Condition, Lock, Process } from 'manycore';
import type { Work } from '../../scenario/work.js';
import { runPair } from '../pair.js';
import { report } from '../protocol.js';
import { takeTurns } from '../targets/condition.js';

export async function conditionPingPong(order: Work): Promise<void> {
  const condition = new Condition(new Lock());
  const board = await runPair((memory) => [
    new Process({ target: takeTurns, args: [condition, memory, 0, order] }),
    new Process({ target: takeTurns, args: [condition, memory, 1, order] }),
  ]);
  report(order, board.elapsedNs(), { counter: (board.counter[0] as number) - order.warmup, checked: board.done(0) + board.done(1) });
}
