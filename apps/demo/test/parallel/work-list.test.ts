import { expect, test } from 'vitest';
import { WorkList } from '../../src/parallel/work-list.js';
import type { SourceFile } from '../../src/walk.js';

const listOf = (...paths: string[]): WorkList => {
  const list = new WorkList(1);
  paths.forEach((path, i) => list.add({ path, size: 100 - i, changedAt: 0 }));
  list.walked();
  return list;
};
const paths = (files: readonly SourceFile[]): string[] => files.map((file) => file.path);

test('a list is finished when the walk is over and every batch is done', () => {
  const list = new WorkList(1);
  list.add({ path: 'a', size: 1, changedAt: 0 });
  expect(paths(list.take()!.files)).toEqual(['a']);
  list.done();
  expect(list.isFinished).toBe(false);
  list.walked();
  expect(list.isFinished).toBe(true);
});

test('after a death each file of the batch goes out once more, alone, after all others', () => {
  const list = listOf('a', 'b');
  const batch = list.take()!;
  list.add({ path: 'late', size: 1, changedAt: 0 });
  expect(list.lost(batch)).toBeUndefined();
  expect(paths(list.take()!.files)).toEqual(['late']);
  const retries = [list.take()!, list.take()!];
  expect(retries.map((retry) => [paths(retry.files), retry.isRetry])).toEqual([
    [['b'], true],
    [['a'], true],
  ]);
  expect([list.take(), list.isFinished]).toEqual([undefined, false]);
  for (let i = 0; i < 3; i++) list.done();
  expect(list.isFinished).toBe(true);
});

test('no file goes out again while the walk may still find others', () => {
  const list = new WorkList(1);
  list.add({ path: 'a', size: 1, changedAt: 0 });
  list.lost(list.take()!);
  expect(list.take()).toBeUndefined();
  list.walked();
  expect(list.take()!.isRetry).toBe(true);
});

test('a file that costs a second worker is given up', () => {
  const list = listOf('a');
  list.lost(list.take()!);
  expect(list.lost(list.take()!)!.path).toBe('a');
  expect(list.isFinished).toBe(true);
});

test('draining finds every file that waits', () => {
  const list = new WorkList(1);
  for (const path of ['a', 'b', 'c']) list.add({ path, size: 2_000_000, changedAt: 0 });
  list.walked();
  list.lost(list.take()!);
  list.take();
  expect(paths(list.drain()).sort()).toEqual(['a', 'c']);
});
