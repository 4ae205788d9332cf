/** What each of the two processes of a contended lock row does. */
import type { Lock } from 'manycore';
import type { Work } from '../../scenario/work.js';
import { Scoreboard, TIMED, WARM_UP, type Side } from '../scoreboard.js';

/** Takes the lock again and again until both processes together have raised the counter as often as ordered. */
export function hammer(lock: Lock, memory: Uint8Array, side: Side, work: Work): void {
  const board = new Scoreboard(memory);
  const holdMs = (work.holdNs ?? 0) / 1e6;
  board.meet(side, WARM_UP);
  hammerUntil(lock, board.counter, work.warmup, holdMs);
  board.meet(side, TIMED);
  board.finish(side, hammerUntil(lock, board.counter, work.warmup + work.operations, holdMs));
}

function hammerUntil(lock: Lock, counter: Int32Array, total: number, holdMs: number): number {
  let mine = 0;
  for (;;) {
    lock.acquireSync();
    const before = counter[0] as number;
    if (before >= total) {
      lock.release();
      return mine;
    }
    if (holdMs > 0) keepBusy(holdMs);
    counter[0] = before + 1;
    lock.release();
    mine++;
  }
}

/** On the cheapest clock there is: a clock that makes a bigint per call would hold the lock noticeably longer than asked for. */
function keepBusy(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}
