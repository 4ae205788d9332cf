import * as manycore from 'manycore';
import type { Work } from '../../scenario/work.js';
import { runPair } from '../pair.js';
import { report } from '../protocol.js';
import { echoBlocking, pingBlocking, type BlockingQueue } from '../targets/queue.js';

/** To be an ordinary import as soon as there is one. */
const { SimpleQueue } = manycore as unknown as { SimpleQueue: new () => BlockingQueue };

export async function simpleQueueRoundTrip(order: Work): Promise<void> {
  const there = new SimpleQueue();
  const back = new SimpleQueue();
  const board = await runPair((memory) => [
    new manycore.Process({ target: pingBlocking, args: [there, back, memory, order] }),
    new manycore.Process({ target: echoBlocking, args: [there, back, memory, order] }),
  ]);
  report(order, board.elapsedNs(), { checked: board.done(0) });
}
