import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Planner } from '../src/planner.js';

test('every file is handed out exactly once, whenever it is added', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.nat(3_000_000), fc.constant('take' as const))), fc.integer({ min: 1, max: 8 }), (steps, workers) => {
      const planner = new Planner(workers);
      const given: string[] = [];
      const taken: string[] = [];
      const take = (): number => taken.push(...planner.take().map((file) => file.path));
      steps.forEach((step, i) => {
        if (step === 'take') {
          take();
        } else {
          given.push(String(i));
          planner.add({ path: String(i), size: step, changedAt: 0 });
        }
      });
      while (planner.size > 0) take();
      expect(taken.sort()).toEqual(given.sort());
    }),
  );
});

test('the biggest file goes first, and a batch ends with the file that fills it', () => {
  const planner = new Planner(2);
  for (const [i, size] of [10, 5_000_000, 900_000, 700_000].entries()) planner.add({ path: `f${i}`, size, changedAt: 0 });
  expect(planner.take().map((file) => file.path)).toEqual(['f1']);
  expect(planner.take().map((file) => file.path)).toEqual(['f2']);
});

test('batches have a bounded number of files and shrink towards the end', () => {
  const planner = new Planner(2);
  for (let i = 0; i < 1000; i++) planner.add({ path: `f${i}`, size: 30_000, changedAt: 0 });
  const sizes: number[] = [];
  while (planner.size > 0) sizes.push(planner.take().length);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(64);
  expect(sizes.at(-1)!).toBeLessThan(sizes[0]!);
});
