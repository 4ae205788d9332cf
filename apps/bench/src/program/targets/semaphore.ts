/** What each of the two processes of the semaphore round trip does. Two turns are one operation: a permit there, a permit back. */
import type { Semaphore } from 'manycore';
import type { Work } from '../../scenario/work.js';
import { Scoreboard, TIMED, WARM_UP } from '../scoreboard.js';
import { takeTurn } from '../turns.js';

/** Has the even turns. */
export function giveFirst(there: Semaphore, back: Semaphore, memory: Uint8Array, work: Work): void {
  const board = new Scoreboard(memory);
  board.meet(0, WARM_UP);
  giveAndTake(there, back, board.counter, 0, 2 * work.warmup);
  board.meet(0, TIMED);
  board.finish(0, giveAndTake(there, back, board.counter, 2 * work.warmup, 2 * (work.warmup + work.operations)));
}

function giveAndTake(there: Semaphore, back: Semaphore, counter: Int32Array, from: number, to: number): number {
  let taken = 0;
  for (let turn = from; turn < to; turn += 2) {
    takeTurn(counter, turn);
    taken++;
    there.release();
    back.acquireSync();
  }
  return taken;
}

/** Has the odd turns. */
export function takeFirst(there: Semaphore, back: Semaphore, memory: Uint8Array, work: Work): void {
  const board = new Scoreboard(memory);
  board.meet(1, WARM_UP);
  takeAndGive(there, back, board.counter, 1, 2 * work.warmup);
  board.meet(1, TIMED);
  board.finish(1, takeAndGive(there, back, board.counter, 2 * work.warmup + 1, 2 * (work.warmup + work.operations)));
}

function takeAndGive(there: Semaphore, back: Semaphore, counter: Int32Array, from: number, to: number): number {
  let taken = 0;
  for (let turn = from; turn < to; turn += 2) {
    there.acquireSync();
    takeTurn(counter, turn);
    taken++;
    back.release();
  }
  return taken;
}
