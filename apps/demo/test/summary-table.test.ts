import { expect, test } from 'vitest';
import { summaryTable } from '../src/summary-table.js';
import { sampleReport } from './support/sample-report.js';

// eslint-disable-next-line no-control-regex -- colours are escape sequences
const plain = (text: string): string => text.replace(/\x1b\[[0-9;]*m/g, '');

test('a comparison says how much faster, and whether both maps are equal', () => {
  const { result } = sampleReport('a.js');
  const comparison = { serialMs: 2000, parallelMs: 1000, speedUp: 2, equal: true };
  expect(plain(summaryTable(result, comparison))).toContain('Serial 2.00 s, parallel 1.00 s: 2.00x as fast, the totals are equal.');
  expect(plain(summaryTable(result, { ...comparison, equal: false }))).toContain('the totals DIFFER');
});

test('what went wrong is said: lost workers, a total that does not agree, an early stop', () => {
  const { result } = sampleReport('a.js', {
    lostWorkers: [{ name: 'worker 2', pid: 5, how: 'signal SIGKILL', filesPutBack: 3 }],
    sharedTotalAgrees: false,
    partial: true,
    notReached: 7,
  });
  const text = plain(summaryTable(result, null));
  expect(text).toContain('worker 2 (pid 5) died: signal SIGKILL; 3 files in its hands went to others.');
  expect(text).toContain('does NOT agree with the table of files');
  expect(text).toContain('Stopped early: this is a partial map, 7 files found but not reached.');
});

test('the slowest file is named with its time', () => {
  expect(plain(summaryTable(sampleReport('a.js', { slowest: { path: 'b.js', ms: 1500 } }).result, null))).toContain('Slowest file: b.js 1.50 s');
});
