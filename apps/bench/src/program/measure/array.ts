import { Pipe, Process } from 'manycore';
import type { Work } from '../../scenario/work.js';
import { runPair } from '../pair.js';
import { report } from '../protocol.js';
import { receiveArrays, sendCopies, sendHandles, sendIntoShared } from '../targets/array.js';

export function arrayCopy(order: Work): Promise<void> {
  return toReceiver(order, sendCopies);
}

export function arrayHandle(order: Work): Promise<void> {
  return toReceiver(order, sendHandles);
}

export function arrayShared(order: Work): Promise<void> {
  return toReceiver(order, sendIntoShared);
}

async function toReceiver(order: Work, send: typeof sendCopies): Promise<void> {
  const [near, far] = Pipe();
  const board = await runPair((memory) => [
    new Process({ target: send, args: [near, memory, order] }),
    new Process({ target: receiveArrays, args: [far, memory, order] }),
  ]);
  report(order, board.elapsedNs(), { checked: board.done(1) });
}
