/** What each of the two processes of a contended lock row does. */
import type { Lock } from 'manycore';
import type { Work } from '../../scenario/work.js';
import { keepBusy } from '../busy.js';
import { Scoreboard, TIMED, WARM_UP, type Side } from '../scoreboard.js';

/** Takes the lock again and again until both processes together have raised the counter as often as ordered. */
export function hammer(lock: Lock, memory: Uint8Array, side: Side, work: Work): void {
  const board = new Scoreboard(memory);
  const hold = BigInt(work.holdNs ?? 0);
  board.meet(side, WARM_UP);
  hammerUntil(lock, board.counter, work.warmup, hold);
  board.meet(side, TIMED);
  board.finish(side, hammerUntil(lock, board.counter, work.warmup + work.operations, hold));
}

function hammerUntil(lock: Lock, counter: Int32Array, total: number, hold: bigint): number {
  let mine = 0;
  for (;;) {
    lock.acquireSync();
    const before = counter[0] as number;
    if (before >= total) {
      lock.release();
      return mine;
    }
    if (hold > 0n) keepBusy(hold);
    counter[0] = before + 1;
    lock.release();
    mine++;
  }
}
