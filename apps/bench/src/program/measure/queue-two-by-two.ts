import { Process, Queue, sharedBuffer } from 'manycore';
import type { Work } from '../../scenario/work.js';
import { runTogether } from '../pair.js';
import { report } from '../protocol.js';
import { consumeHalf, produceHalf, type Numbered } from '../targets/queue-two-by-two.js';

export async function queueTwoByTwo(order: Work): Promise<void> {
  const queue = new Queue<Numbered>(order.maxSize);
  const total = order.warmup + order.operations;
  /** How often each consumer has got each item; each writes its own. */
  const [first, second] = [sharedBuffer(total), sharedBuffer(total)];
  const board = await runTogether((memory) => [
    new Process({ target: produceHalf, args: [queue, memory, 0, order] }),
    new Process({ target: produceHalf, args: [queue, memory, 1, order] }),
    new Process({ target: consumeHalf, args: [queue, memory, 0, first, order] }),
    new Process({ target: consumeHalf, args: [queue, memory, 1, second, order] }),
  ]);
  let once = 0;
  for (let i = 0; i < total; i++) if ((first[i] as number) + (second[i] as number) === 1) once++;
  report(order, board.elapsedNs(), { checked: once - order.warmup });
}
