import { Event, Process } from 'manycore';
import type { Work } from '../../scenario/work.js';
import { runPair } from '../pair.js';
import { report } from '../protocol.js';
import { answer, call } from '../targets/event.js';

export async function eventSetWait(order: Work): Promise<void> {
  const there = new Event();
  const back = new Event();
  const board = await runPair((memory) => [
    new Process({ target: call, args: [there, back, memory, order] }),
    new Process({ target: answer, args: [there, back, memory, order] }),
  ]);
  report(order, board.elapsedNs(), { counter: (board.counter[0] as number) - order.warmup, checked: board.done(0) + board.done(1) });
}
