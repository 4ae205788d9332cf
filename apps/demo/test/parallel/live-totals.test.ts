import { expect, test } from 'vitest';
import { ControlBoard } from '../../src/parallel/control-board.js';
import { LiveTotals, emptySum } from '../../src/parallel/live-totals.js';

const sum = (files: number): ReturnType<typeof emptySum> => ({
  files,
  skipped: 1,
  bytes: 10 * files,
  lines: 5 * files,
  identifiers: 3 * files,
});

test('what workers add to their own views is one total', () => {
  const totals = LiveTotals.create(2);
  new LiveTotals(totals.memory).add(0, sum(1));
  new LiveTotals(totals.memory).add(1, sum(2));
  expect(totals.total()).toEqual({ files: 3, skipped: 2, bytes: 30, lines: 15, identifiers: 9 });
  totals.subtract(1, sum(2));
  expect(totals.total()).toEqual(sum(1));
});

test('a total that a dead worker left half changed is set right', () => {
  const totals = LiveTotals.create(3);
  totals.add(0, sum(1));
  totals.add(1, sum(2));
  totals.add(2, sum(4));
  // Killed in the middle of an addition: the total has the number of files, the row of worker 1 has not.
  new Float64Array(totals.memory.buffer, totals.memory.byteOffset)[0]! += 7;
  totals.repair(1, sum(2));
  expect(totals.total()).toEqual({ ...sum(7), skipped: 3 });
  totals.repair(1, emptySum());
  expect(totals.total()).toEqual({ ...sum(5), skipped: 2 });
});

test('the board says what each worker has in hand, and when to stop', () => {
  const board = ControlBoard.create(2);
  const worker = new ControlBoard(board.memory);
  worker.hold(1, 42);
  worker.holdFile(1, 7);
  expect([board.held(0), board.held(1)]).toEqual([
    { batch: 0, file: 0 },
    { batch: 42, file: 7 },
  ]);
  worker.letGo(1);
  expect(board.held(1).batch).toBe(0);
  expect(worker.stopped).toBe(false);
  board.stop();
  expect(worker.stopped).toBe(true);
});
