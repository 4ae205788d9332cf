import { describe, expect, it } from 'vitest';
import { Scoreboard, SCOREBOARD_BYTES, TIMED } from '../src/program/scoreboard.js';

/** A phase that the other side has come to and whose moment is past. */
function boardOfTwo(): { board: Scoreboard; start: bigint } {
  const bytes = new Uint8Array(new SharedArrayBuffer(SCOREBOARD_BYTES));
  const words = new BigInt64Array(bytes.buffer);
  words[1] = BigInt(TIMED);
  const board = new Scoreboard(bytes);
  board.meet(0, TIMED);
  return { board, start: words[1 + TIMED] as bigint };
}

describe('Scoreboard', () => {
  it('lets nobody begin before the agreed moment', () => {
    const { start } = boardOfTwo();
    expect(process.hrtime.bigint()).toBeGreaterThanOrEqual(start);
  });

  it.each([[0, 1], [1, 0]] as const)('counts up to the later end (side %i first)', (first, second) => {
    const { board, start } = boardOfTwo();
    board.finish(first, 10);
    const between = process.hrtime.bigint();
    board.finish(second, 20);
    expect(board.elapsedNs()).toBeGreaterThanOrEqual(between - start);
    expect([board.done(first), board.done(second)]).toEqual([10, 20]);
  });

  it('has as many sides as it is told, lets them begin together and counts up to the latest end', () => {
    const bytes = new Uint8Array(new SharedArrayBuffer(SCOREBOARD_BYTES));
    const board = new Scoreboard(bytes, 4);
    const words = new BigInt64Array(bytes.buffer);
    words.fill(BigInt(TIMED), 1, 4);
    board.meet(0, TIMED);
    const start = words[3 + TIMED] as bigint;
    for (const side of [3, 0, 2, 1]) board.finish(side, 10 + side);
    expect(board.elapsedNs()).toBe((words[6 + 1] as bigint) - start);
    expect([0, 1, 2, 3].map((side) => board.done(side))).toEqual([10, 11, 12, 13]);
  });

  it('keeps the counter and the arrivals of each side apart from the words', () => {
    const { board } = boardOfTwo();
    board.counter[0] = -1;
    board.arrivals[0][0] = -2;
    board.arrivals[1][0] = -3;
    board.finish(0, 3);
    board.finish(1, 4);
    expect([board.counter[0], board.arrivals[0][0], board.arrivals[1][0], board.done(0), board.done(1)]).toEqual([-1, -2, -3, 3, 4]);
  });
});
