import { Process, SimpleQueue } from 'manycore';
import type { Work } from '../../scenario/work.js';
import { runPair } from '../pair.js';
import { report } from '../protocol.js';
import { echoBlocking, pingBlocking } from '../targets/queue.js';

export async function simpleQueueRoundTrip(order: Work): Promise<void> {
  const there = new SimpleQueue<unknown>();
  const back = new SimpleQueue<unknown>();
  const board = await runPair((memory) => [
    new Process({ target: pingBlocking, args: [there, back, memory, order] }),
    new Process({ target: echoBlocking, args: [there, back, memory, order] }),
  ]);
  report(order, board.elapsedNs(), { checked: board.done(0) });
}
