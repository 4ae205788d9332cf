import { expect, test } from 'vitest';
import { WorkList } from '../../src/parallel/work-list.js';

const listOf = (...paths: string[]): WorkList => {
  const list = new WorkList(1);
  paths.forEach((path, i) => list.add({ path, size: 100 - i }));
  list.walked();
  return list;
};
const paths = (files: readonly { path: string }[] | undefined): string[] | undefined => files?.map((file) => file.path);

test('a list is finished when the walk is over and every batch is answered', () => {
  const list = new WorkList(1);
  list.add({ path: 'a', size: 1 });
  const batch = list.take()!;
  expect(paths(list.answered(batch.id))).toEqual(['a']);
  expect(list.finished).toBe(false);
  list.walked();
  expect(list.finished).toBe(true);
});

test('a second answer to the same batch is refused', () => {
  const list = listOf('a');
  const { id } = list.take()!;
  expect(paths(list.answered(id))).toEqual(['a']);
  expect(list.answered(id)).toBeUndefined();
});

test('after a death the innocent files go out again at once, the one in hand last and alone', () => {
  const list = listOf('a', 'b', 'c');
  const batch = list.take()!;
  expect(paths(list.giveBack(batch.id, 1).putBack)).toEqual(['a', 'b', 'c']);
  const again = list.take()!;
  expect(paths(again.files)).toEqual(['a', 'c']);
  expect(list.take()).toBeUndefined();
  list.answered(again.id);
  const suspect = list.take()!;
  expect([paths(suspect.files), suspect.suspect]).toEqual([['b'], true]);
  list.answered(suspect.id);
  expect(list.finished).toBe(true);
});

test('a file that costs a second worker is given up', () => {
  const list = listOf('a');
  list.giveBack(list.take()!.id, 0);
  const { putBack, givenUp } = list.giveBack(list.take()!.id, 0);
  expect([paths(putBack), paths(givenUp), list.finished]).toEqual([[], ['a'], true]);
});

test('a batch that was not begun goes out again whole', () => {
  const list = listOf('a', 'b');
  list.giveBack(list.take()!.id, -1);
  expect(paths(list.take()!.files)).toEqual(['a', 'b']);
});

test('giving back what is answered changes nothing', () => {
  const list = listOf('a');
  const { id } = list.take()!;
  list.answered(id);
  expect(list.giveBack(id, 0)).toEqual({ putBack: [], givenUp: [] });
  expect(list.finished).toBe(true);
});

test('draining finds every file wherever it is', () => {
  const list = new WorkList(1);
  for (const path of ['a', 'b', 'c']) list.add({ path, size: 2_000_000 });
  list.walked();
  list.giveBack(list.take()!.id, 0);
  list.take();
  expect(paths(list.drain())!.sort()).toEqual(['a', 'b', 'c']);
  expect(list.finished).toBe(true);
});
