import { expect, test } from 'vitest';
import { LINE_BUCKETS, bucketLabel, bucketOf, sparkline } from '../src/histogram.js';
import { ENORMOUS_BYTES } from '../src/limits.js';

test('each bucket is twice as wide as the one before, and the last has room for the longest file', () => {
  expect([1, 2, 3, 4, 7, 8, 1023, 1024].map(bucketOf)).toEqual([0, 1, 1, 2, 2, 3, 9, 10]);
  expect(bucketOf(ENORMOUS_BYTES)).toBe(LINE_BUCKETS - 1);
  expect([0, 1, 4].map((bucket) => bucketLabel(bucket, String))).toEqual(['1', '2–3', '16–31']);
});

test('a sparkline begins and ends with buckets that are not empty', () => {
  expect(sparkline([0, 1, 0, 7, 0])).toBe('▂▁█');
  expect(sparkline([0, 0])).toBe('');
});
