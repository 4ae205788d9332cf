/** What each process of a value row does. */
import type { Value } from 'manycore';
import type { Work } from '../../scenario/work.js';
import { Scoreboard, TIMED, WARM_UP, type Side } from '../scoreboard.js';

/** Ends well if the number that another process has written is seen here too. @throws Error when it is not. */
export function mustHold(value: Value<'i'>, expected: number): void {
  if (value.value !== expected) throw new Error(`The value is ${value.value} here and ${expected} where it was written.`);
}

/** Raises the value under its lock until both processes together have done so as often as ordered. */
export function raiseAll(value: Value<'i'>, memory: Uint8Array, side: Side, work: Work): void {
  const board = new Scoreboard(memory);
  board.meet(side, WARM_UP);
  raiseUntil(value, work.warmup);
  board.meet(side, TIMED);
  board.finish(side, raiseUntil(value, work.warmup + work.operations));
}

function raiseUntil(value: Value<'i'>, total: number): number {
  const lock = value.getLock();
  for (let mine = 0; ; mine++) {
    lock.acquireSync();
    const isDone = value.value >= total;
    if (!isDone) value.value += 1;
    lock.release();
    if (isDone) return mine;
  }
}

/** Adds half of what is ordered, without a lock. */
export function addAll(value: Value<'i'>, memory: Uint8Array, side: Side, work: Work): void {
  const board = new Scoreboard(memory);
  board.meet(side, WARM_UP);
  addHalf(value, side, work.warmup);
  board.meet(side, TIMED);
  board.finish(side, addHalf(value, side, work.operations));
}

function addHalf(value: Value<'i'>, side: Side, count: number): number {
  const half = side === 0 ? Math.ceil(count / 2) : Math.floor(count / 2);
  for (let i = 0; i < half; i++) value.add(1);
  return half;
}
