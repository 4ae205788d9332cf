import { Lock, Process, sharedBuffer } from 'manycore';
import type { Work } from '../../scenario/work.js';
import { runPair } from '../pair.js';
import { report } from '../protocol.js';
import { hammerStamped } from '../targets/lock-wait.js';
import { summarizeWaits } from '../waits.js';

export async function lockWait(order: Work): Promise<void> {
  const lock = new Lock();
  // Room for the case that one side gets the lock every time.
  const room = Math.max(order.warmup, order.operations);
  const waits = [waitsOf(room), waitsOf(room)] as const;
  const board = await runPair((memory) => [
    new Process({ target: hammerStamped, args: [lock, memory, waits[0], 0, order] }),
    new Process({ target: hammerStamped, args: [lock, memory, waits[1], 1, order] }),
  ]);
  const shares = [board.done(0), board.done(1)] as const;
  const all = new BigInt64Array([...waits[0].subarray(0, shares[0]), ...waits[1].subarray(0, shares[1])]);
  report(order, board.elapsedNs(), { counter: (board.counter[0] as number) - order.warmup, shares }, { waits: summarizeWaits(all) });
}

function waitsOf(room: number): BigInt64Array {
  const bytes = sharedBuffer(room * BigInt64Array.BYTES_PER_ELEMENT);
  return new BigInt64Array(bytes.buffer, bytes.byteOffset, room);
}
