/** What each of the two processes of the condition row does. */
import type { Condition } from 'manycore';
import type { Work } from '../../scenario/work.js';
import { Scoreboard, TIMED, WARM_UP, type Side } from '../scoreboard.js';
import { takeTurn } from '../turns.js';

/** Takes every second turn: the even ones or the odd ones. */
export function takeTurns(condition: Condition, memory: Uint8Array, side: Side, work: Work): void {
  const board = new Scoreboard(memory);
  board.meet(side, WARM_UP);
  takeTurnsUntil(condition, board.counter, side, 0, work.warmup);
  board.meet(side, TIMED);
  board.finish(side, takeTurnsUntil(condition, board.counter, side, work.warmup, work.warmup + work.operations));
}

function takeTurnsUntil(condition: Condition, counter: Int32Array, side: Side, from: number, to: number): number {
  const isOurs = (): boolean => ((counter[0] as number) & 1) === side;
  let taken = 0;
  for (let turn = from + side; turn < to; turn += 2) {
    using _held = condition.holdSync();
    condition.waitForSync(isOurs);
    takeTurn(counter, turn);
    taken++;
    condition.notify();
  }
  return taken;
}
