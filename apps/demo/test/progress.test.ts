import { expect, test } from 'vitest';
import { liveLine, plainLine } from '../src/progress.js';
import { nothingYet } from '../src/run.js';
import type { Snapshot } from '../src/run.js';

const state: Snapshot = { ...nothingYet(), found: 2000, foundBytes: 4000, walking: false, files: 990, skipped: 10, bytes: 1000, lines: 12_345 };
// eslint-disable-next-line no-control-regex -- colours are escape sequences
const plain = (text: string): string => text.replace(/\x1b\[[0-9;]*m/g, '');

test('a plain line says what is done of what', () => {
  expect(plainLine('serial', state, 1500)).toBe('serial: 1,000 of 2,000 files, 1000 B, 12.3K lines, 1.50 s');
  expect(plainLine('serial', { ...state, walking: true }, 1500)).toContain('1,000 of 2,000+ files');
});

test('the live line goes by bytes and foresees the end', () => {
  const line = plain(liveLine('2 workers', state, 2000));
  expect(line).toContain(' 25%');
  expect(line).toContain('about 6.00 s left');
});

test('the live line says 100% only when every file is done', () => {
  expect(plain(liveLine('x', { ...state, bytes: 4000 }, 2000))).toContain(' 99%');
  expect(plain(liveLine('x', { ...state, files: 1990 }, 2000))).toContain('100%');
  expect(plain(liveLine('x', { ...state, walking: true }, 2000))).toContain('walking the tree');
});
