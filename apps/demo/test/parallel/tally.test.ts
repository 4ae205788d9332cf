import { expect, test } from 'vitest';
import type { FileRow } from '../../src/file-row.js';
import { TallySum, newTallies, tallyFile } from '../../src/parallel/tally.js';

const row: FileRow = { language: 0, bytes: 10, code: 3, comment: 1, blank: 1, identifiers: 7 };

test('what is out and what is settled add up, and a record that is settled begins anew', () => {
  const tallies = newTallies(2);
  const sum = new TallySum(tallies);
  tallyFile(tallies.at(0), row);
  tallyFile(tallies.at(1), row);
  tallyFile(tallies.at(1), { reason: 'empty', detail: '' });
  const all = sum.read();
  expect(all).toMatchObject({ files: 2, skipped: 1, bytes: 20, lines: 10, identifiers: 14 });
  expect(all.histogram.slice(0, 4)).toEqual([0, 0, 2, 0]);
  sum.settle(1);
  expect(sum.read()).toEqual(all);
  expect(tallies.at(1).bytes).toBe(0);
});

test('what a dead worker had counted of its batch counts for nothing', () => {
  const tallies = newTallies(2);
  const sum = new TallySum(tallies);
  tallyFile(tallies.at(0), row);
  tallyFile(tallies.at(1), row);
  sum.drop(0);
  expect(sum.read()).toMatchObject({ files: 1, bytes: 10 });
  expect(sum.read().histogram[2]).toBe(1);
});
