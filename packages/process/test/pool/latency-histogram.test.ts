import { withSeed } from '@manycore/testing';
import { expect, it } from 'vitest';
import { LatencyHistogram } from '../../src/pool/latency-histogram.js';

/** Of a tick. */
const MS = 0.01;

it('is all 0 before the first value', () => {
  const histogram = new LatencyHistogram();
  expect([histogram.percentile(0.5), histogram.percentile(0.99), histogram.max]).toEqual([0, 0, 0]);
});

it('is exact for small values, the largest one, and what is below 0', () => {
  const histogram = new LatencyHistogram();
  for (let ticks = -3; ticks < 32; ticks++) histogram.add(ticks);
  expect(histogram.percentile(1)).toBeCloseTo(31 * MS);
  expect(histogram.percentile(4 / 35)).toBe(0);
  expect(histogram.percentile(5 / 35)).toBeCloseTo(1 * MS);
  histogram.add(1_234_567);
  expect(histogram.max).toBeCloseTo(12345.67);
  expect(histogram.percentile(1)).toBeLessThanOrEqual(histogram.max);
});

it('gives percentiles within 5 % of those of the sorted values, of any size', () =>
  withSeed((random) => {
    const histogram = new LatencyHistogram();
    const values = Array.from({ length: 20_000 }, () => Math.floor(2 ** (random.float() * 31)));
    for (const value of values) histogram.add(value);
    values.sort((a, b) => a - b);
    for (const share of [0.01, 0.1, 0.5, 0.9, 0.99, 0.999, 1]) {
      const exact = values[Math.ceil(share * values.length) - 1]! * MS;
      expect(Math.abs(histogram.percentile(share) - exact), `${share}`).toBeLessThanOrEqual(exact * 0.05 + MS);
    }
  }));

it('takes the largest and the smallest number of ticks there is', () => {
  const histogram = new LatencyHistogram();
  for (const ticks of [0, 2 ** 31 - 1, 2 ** 30, 31, 32, 33, 63, 64]) histogram.add(ticks);
  expect(histogram.max).toBeCloseTo((2 ** 31 - 1) * MS);
  expect(histogram.percentile(1) / histogram.max).toBeGreaterThan(0.95);
});
