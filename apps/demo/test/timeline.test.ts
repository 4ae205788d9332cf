import { expect, test } from 'vitest';
import { mergeSegments } from '../src/timeline.js';
import type { Segment } from '../src/timeline.js';

const segment = (start: number, end: number): Segment => ({ start, end, files: 1, bytes: 10 });

test('few segments stay as they are', () => {
  const list = [segment(0, 1), segment(2, 3)];
  expect(mergeSegments(list, 2)).toEqual(list);
});

test('the shortest pauses close first and what was done is kept', () => {
  const merged = mergeSegments([segment(0, 1), segment(1.5, 2), segment(9, 10), segment(10, 11)], 2);
  expect(merged).toEqual([
    { start: 0, end: 2, files: 2, bytes: 20 },
    { start: 9, end: 11, files: 2, bytes: 20 },
  ]);
});
