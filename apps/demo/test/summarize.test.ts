import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { FileRow } from '../src/file-row.js';
import { LANGUAGES } from '../src/languages.js';
import { SKIPPED_PER_REASON, TOP_COUNT } from '../src/limits.js';
import { summarize } from '../src/summarize.js';

const row = (more: Partial<FileRow> = {}): FileRow => ({ language: 0, bytes: 1, code: 1, comment: 0, blank: 0, identifiers: 0, ...more });

const rows = fc.uniqueArray(
  fc.tuple(
    fc.string({ minLength: 1 }),
    fc.oneof(
      fc.record({
        language: fc.nat(LANGUAGES.length - 1),
        bytes: fc.nat(5),
        code: fc.integer({ min: 1, max: 9 }),
        comment: fc.nat(9),
        blank: fc.nat(2),
        identifiers: fc.nat(3),
      }),
      fc.record({ reason: fc.constantFrom('binary' as const, 'empty' as const), detail: fc.constant('') }),
    ),
  ),
  { selector: ([path]) => path, maxLength: 80 },
);

test('the map does not depend on the order in which files come into the table', () => {
  fc.assert(
    fc.property(rows, fc.integer(), (files, seed) => {
      const shuffled = [...files].sort(([a], [b]) => ((a.length * 31 + (a.codePointAt(0) ?? 0)) ^ seed) - ((b.length * 31 + (b.codePointAt(0) ?? 0)) ^ seed));
      expect(JSON.stringify(summarize(shuffled))).toBe(JSON.stringify(summarize(files)));
    }),
  );
});

test('counts add up over languages and over the buckets of the histogram', () => {
  const { totals, languages, histogram } = summarize([
    ['a', row({ identifiers: 3 })],
    ['b', row({ language: 2, comment: 4, bytes: 10, blank: 1 })],
    ['c', row({ blank: 2, identifiers: 1 })],
  ]);
  expect(totals).toEqual({ files: 3, bytes: 12, lines: 10, code: 3, comment: 4, blank: 3, identifiers: 4, skipped: 0, linkedAgain: 0 });
  expect(languages.map((entry) => [entry.language, entry.files, entry.lines])).toEqual([
    ['TypeScript', 1, 6],
    ['JavaScript', 2, 4],
  ]);
  expect(histogram.slice(0, 4)).toEqual([1, 1, 1, 0]);
});

test('only the biggest and the longest files are kept, equal ones by path', () => {
  const { biggest, longest } = summarize(
    Array.from({ length: 1000 }, (_, i) => [String(i).padStart(4, '0'), row({ bytes: i < 995 ? 1 : 2, code: i === 500 ? 9 : 1 })]),
  );
  expect([biggest.length, longest.length]).toEqual([TOP_COUNT, TOP_COUNT]);
  expect(biggest.slice(0, 6).map((file) => file.path)).toEqual(['0995', '0996', '0997', '0998', '0999', '0000']);
  expect(longest.slice(0, 2).map((file) => [file.path, file.lines])).toEqual([
    ['0500', 9],
    ['0000', 1],
  ]);
});

test('skips are counted without end and listed up to a bound; repeated links are no gap', () => {
  const table = Array.from({ length: SKIPPED_PER_REASON + 1 }, (_, i): [string, FileRow] => [String(i).padStart(4, '0'), { reason: 'broken-link', detail: '' }]);
  const { totals, skipped } = summarize([...table.reverse(), ['again', { reason: 'linked-again', detail: '' }]]);
  expect([totals.skipped, totals.linkedAgain]).toEqual([SKIPPED_PER_REASON + 1, 1]);
  expect(skipped.map((group) => [group.reason, group.count, group.listed.length, group.listed[0]!.path])).toEqual([
    ['broken-link', SKIPPED_PER_REASON + 1, SKIPPED_PER_REASON, '0000'],
    ['linked-again', 1, 1, 'again'],
  ]);
});
