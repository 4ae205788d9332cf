import { Process, inline } from 'manycore';
import { expect, test } from 'vitest';
import { SlowestBoard } from '../../src/parallel/slowest.js';

test('the slowest of all is kept, whoever offers it, until it is taken', () => {
  const board = new SlowestBoard();
  const another = new SlowestBoard(board.parts);
  expect(board.take()).toBeNull();
  board.offer('a', 2);
  another.offer('b', 3);
  board.offer('c', 1);
  expect(board.take()).toEqual({ path: 'b', ms: 3 });
  expect(board.take()).toBeNull();
});

test('a worker that dies while it writes leaves no half record', async () => {
  const board = new SlowestBoard();
  const dieInside = inline(({ record, lock }: SlowestBoard['parts']): void => {
    lock.acquireSync();
    record.value = { ms: 99 };
    process.kill(process.pid, 'SIGKILL');
  });
  const worker = new Process({ target: dieInside, args: [board.parts] }).start();
  await worker.join();
  expect(worker.exitCode).toBe(-9);
  board.offer('a', 100);
  expect(board.take()).toEqual({ path: 'a', ms: 100 });
  expect(board.parts.lock.abandoned).toBeNull();
});
