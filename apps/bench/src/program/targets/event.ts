/** What each of the two processes of the event row does. An operation is one `set` that lets the other side run on: half of there and back. */
import type { Event } from 'manycore';
import type { Work } from '../../scenario/work.js';
import { Scoreboard, TIMED, WARM_UP } from '../scoreboard.js';
import { takeTurn } from '../turns.js';

/** Has the even turns. */
export function call(there: Event, back: Event, memory: Uint8Array, work: Work): void {
  const board = new Scoreboard(memory);
  board.meet(0, WARM_UP);
  callTurns(there, back, board.counter, 0, work.warmup);
  board.meet(0, TIMED);
  board.finish(0, callTurns(there, back, board.counter, work.warmup, work.warmup + work.operations));
}

function callTurns(there: Event, back: Event, counter: Int32Array, from: number, to: number): number {
  let taken = 0;
  for (let turn = from; turn < to; turn += 2) {
    takeTurn(counter, turn);
    taken++;
    there.set();
    back.waitSync();
    back.clear();
  }
  return taken;
}

/** Has the odd turns. */
export function answer(there: Event, back: Event, memory: Uint8Array, work: Work): void {
  const board = new Scoreboard(memory);
  board.meet(1, WARM_UP);
  answerTurns(there, back, board.counter, 1, work.warmup);
  board.meet(1, TIMED);
  board.finish(1, answerTurns(there, back, board.counter, work.warmup + 1, work.warmup + work.operations));
}

function answerTurns(there: Event, back: Event, counter: Int32Array, from: number, to: number): number {
  let taken = 0;
  for (let turn = from; turn < to; turn += 2) {
    there.waitSync();
    there.clear();
    takeTurn(counter, turn);
    taken++;
    back.set();
  }
  return taken;
}
