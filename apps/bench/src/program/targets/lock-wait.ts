/** What each of the two processes of `lock-wait` does: what `hammer` does, with a clock around each acquire. */
import type { Lock } from 'manycore';
import type { Work } from '../../scenario/work.js';
import { keepBusy } from '../busy.js';
import { now } from '../protocol.js';
import { Scoreboard, TIMED, WARM_UP, type Side } from '../scoreboard.js';

/** As `hammer`; the time each acquire took is in `waits`, in nanoseconds, the warm-up's overwritten by the timed ones. */
export function hammerStamped(lock: Lock, memory: Uint8Array, waits: BigInt64Array, side: Side, work: Work): void {
  const board = new Scoreboard(memory);
  const hold = BigInt(work.holdNs ?? 0);
  board.meet(side, WARM_UP);
  hammerUntil(lock, board.counter, waits, work.warmup, hold);
  board.meet(side, TIMED);
  board.finish(side, hammerUntil(lock, board.counter, waits, work.warmup + work.operations, hold));
}

function hammerUntil(lock: Lock, counter: Int32Array, waits: BigInt64Array, total: number, hold: bigint): number {
  let mine = 0;
  for (;;) {
    const start = now();
    lock.acquireSync();
    const waited = now() - start;
    const before = counter[0] as number;
    if (before >= total) {
      lock.release();
      return mine;
    }
    keepBusy(hold);
    counter[0] = before + 1;
    lock.release();
    // Not while the lock is held: the first write to a page takes a while.
    waits[mine] = waited;
    mine++;
  }
}
