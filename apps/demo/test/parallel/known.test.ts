import { expect, test } from 'vitest';
import { Known } from '../../src/parallel/known.js';

const file = (path: string, changedAt: number): { path: string; size: number; changedAt: number } => ({ path, size: 1, changedAt });

test('a file is new until it is counted, and again once it has changed', () => {
  const known = new Known();
  known.begin();
  expect(known.isNew(file('a', 1))).toBe(true);
  known.counted(file('a', 1));
  known.begin();
  expect(known.isNew(file('a', 1))).toBe(false);
  known.begin();
  expect(known.isNew(file('a', 2))).toBe(true);
});

test('what a walk that was begun again comes to a second time is not new', () => {
  const known = new Known();
  known.begin();
  expect([known.isNew(file('a', 1)), known.isNew(file('a', 1))]).toEqual([true, false]);
});

test('what a walk does not come to is gone, once; what is no file is looked at anew each time', () => {
  const known = new Known();
  known.begin();
  known.counted(file('a', 1));
  known.isNew(file('a', 1));
  known.skipped('link');
  expect(known.takeGone()).toEqual([]);
  known.begin();
  expect(known.isNew(file('link', 5))).toBe(true);
  expect(known.takeGone()).toEqual(['a']);
  expect(known.takeGone()).toEqual([]);
});
