/** What each of the two processes of the barrier row does. */
import type { Barrier } from 'manycore';
import type { Work } from '../../scenario/work.js';
import { Scoreboard, TIMED, WARM_UP, type Side } from '../scoreboard.js';

/** Meets the other side again and again. Who was given the index 0, one of the two, raises the counter. */
export function meetAgain(barrier: Barrier, memory: Uint8Array, side: Side, work: Work): void {
  const board = new Scoreboard(memory);
  board.meet(side, WARM_UP);
  meetUntil(barrier, board, side, 0, work.warmup);
  board.meet(side, TIMED);
  board.finish(side, meetUntil(barrier, board, side, work.warmup, work.warmup + work.operations));
}

/** @throws Error when the barrier let us through before the other side had come. */
function meetUntil(barrier: Barrier, { arrivals, counter }: Scoreboard, side: Side, from: number, to: number): number {
  const mine = arrivals[side];
  const others = arrivals[side === 0 ? 1 : 0];
  let met = 0;
  for (let arrival = from + 1; arrival <= to; arrival++) {
    mine[0] = arrival;
    const index = barrier.waitSync();
    if ((others[0] as number) < arrival) throw new Error(`The barrier opened for arrival ${arrival} when the other side had come ${others[0]} times.`);
    met++;
    if (index === 0) counter[0] = (counter[0] as number) + 1;
  }
  return met;
}
