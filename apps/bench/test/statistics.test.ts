import { describe, expect, it } from 'vitest';
import { summarize, unfairness } from '../src/report/statistics.js';

describe('summarize', () => {
  it('gives the middle sample of an odd number, whatever their order', () => {
    expect(summarize([5, 1, 9, 3, 7])).toEqual({ count: 5, min: 1, p10: 1.8, median: 5, p90: 8.2 });
  });

  it('gives the mean of the two middle samples of an even number', () => {
    expect(summarize([4, 1, 2, 10]).median).toBe(3);
  });

  it('orders by size and not by text', () => {
    expect(summarize([9, 10, 100]).median).toBe(10);
  });

  it('gives the only sample for every figure', () => {
    expect(summarize([42])).toEqual({ count: 1, min: 42, p10: 42, median: 42, p90: 42 });
  });

  it('is not moved by one wild sample', () => {
    expect(summarize([10, 11, 12, 13, 1e9]).median).toBe(12);
  });

  it('leaves the samples as they were', () => {
    const samples = [3, 1, 2];
    summarize(samples);
    expect(samples).toEqual([3, 1, 2]);
  });

  it.each([[[]], [[1, NaN]]])('refuses %j', (samples) => {
    expect(() => summarize(samples)).toThrow(RangeError);
  });
});

describe('unfairness', () => {
  it('is one for equal shares', () => expect(unfairness([500, 500])).toBe(1));
  it('is the largest to the smallest', () => expect(unfairness([100, 300])).toBe(3));
  it('counts a side that got nothing as one, so that the figure stays a number', () => expect(unfairness([1000, 0])).toBe(1000));
});
