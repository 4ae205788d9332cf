import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Aggregate } from '../src/aggregate.js';
import type { CodeMap } from '../src/aggregate.js';
import { BatchBuilder, sumOf } from '../src/batch-result.js';
import type { BatchResult } from '../src/batch-result.js';
import { IdentifierDictionary } from '../src/identifier-dictionary.js';
import { LANGUAGES } from '../src/languages.js';
import { BIGGEST_COUNT, SKIPPED_PER_REASON } from '../src/limits.js';
import type { SourceFile } from '../src/walk.js';

interface Fake {
  path: string;
  bytes: number;
  code: number;
  comment: number;
  language: number;
  skipped: boolean;
  names: string[];
}

/** `workers` counts the batches in turn, each with a dictionary of its own. */
function aggregate(batches: Fake[][], workers = 1): CodeMap {
  const sum = new Aggregate();
  const dictionaries = Array.from({ length: workers }, () => new IdentifierDictionary());
  for (const [index, batch] of batches.entries()) {
    const worker = index % workers;
    const builder = new BatchBuilder(dictionaries[worker]!);
    for (const { skipped, names, language, bytes, code, comment } of batch) {
      const identifiers = new Map<string, number>();
      for (const name of names) identifiers.set(name, (identifiers.get(name) ?? 0) + 1);
      if (skipped) builder.addSkip({ reason: 'binary', detail: '' });
      else builder.addCounts({ language, bytes, code, comment, blank: 1, identifiers });
    }
    sum.addBatch(
      worker,
      batch.map((file): SourceFile => ({ path: file.path, size: file.bytes })),
      builder.finish(),
    );
  }
  return sum.finish();
}

const fakes = fc.uniqueArray(
  fc.record({
    path: fc.string({ minLength: 1 }),
    bytes: fc.nat(5),
    code: fc.nat(9),
    comment: fc.nat(9),
    language: fc.nat(LANGUAGES.length - 1),
    skipped: fc.boolean(),
    names: fc.array(fc.constantFrom('a', 'b', 'c', 'constructor', '__proto__', 'ä')),
  }),
  { selector: (file) => file.path, maxLength: 80 },
);

test('the map does not depend on how files are divided into batches, on their order, nor on how many workers there are', () => {
  fc.assert(
    fc.property(fakes, fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 4 }), fc.integer(), (files, size, workers, seed) => {
      const shuffled = [...files].sort((a, b) => ((a.path.length * 31 + a.bytes) ^ seed) - ((b.path.length * 31 + b.bytes) ^ seed));
      const batches: Fake[][] = [];
      for (let at = 0; at < shuffled.length; at += size) batches.push(shuffled.slice(at, at + size));
      expect(JSON.stringify(aggregate(batches, workers))).toBe(JSON.stringify(aggregate([files])));
    }),
  );
});

const file = (path: string, more: Partial<Fake> = {}): Fake => ({
  path,
  bytes: 1,
  code: 1,
  comment: 0,
  language: 0,
  skipped: false,
  names: [],
  ...more,
});

test('counts add up over languages, and identifiers over batches', () => {
  const map = aggregate([
    [file('a', { names: ['x', 'y', 'x'] }), file('b', { language: 2, comment: 4, bytes: 10 })],
    [file('c', { names: ['x'], skipped: false })],
  ]);
  expect(map.totals).toEqual({
    files: 3,
    bytes: 12,
    lines: 10,
    code: 3,
    comment: 4,
    blank: 3,
    identifiers: 4,
    distinctIdentifiers: 2,
    skipped: 0,
    linkedAgain: 0,
  });
  expect(map.languages.map((entry) => [entry.language, entry.files, entry.lines])).toEqual([
    ['TypeScript', 1, 6],
    ['JavaScript', 2, 4],
  ]);
  expect(map.identifiers).toEqual([
    { name: 'x', count: 3 },
    { name: 'y', count: 1 },
  ]);
});

test('only the biggest files are kept, equal ones by path', () => {
  const map = aggregate([Array.from({ length: 1000 }, (_, i) => file(String(i).padStart(4, '0'), { bytes: i < 995 ? 1 : 2 }))]);
  expect(map.biggest).toHaveLength(BIGGEST_COUNT);
  expect(map.biggest.slice(0, 6).map((entry) => entry.path)).toEqual(['0995', '0996', '0997', '0998', '0999', '0000']);
});

test('skips are counted without end and listed up to a bound; repeated links are no gap', () => {
  const sum = new Aggregate();
  for (let i = SKIPPED_PER_REASON; i >= 0; i--) sum.addSkip({ path: String(i).padStart(4, '0'), reason: 'broken-link', detail: '' });
  sum.addSkip({ path: 'again', reason: 'linked-again', detail: '' });
  const { totals, skipped } = sum.finish();
  expect([totals.skipped, totals.linkedAgain]).toEqual([SKIPPED_PER_REASON + 1, 1]);
  expect(skipped.map((group) => [group.reason, group.count, group.listed.length, group.listed[0]!.path])).toEqual([
    ['broken-link', SKIPPED_PER_REASON + 1, SKIPPED_PER_REASON, '0000'],
    ['linked-again', 1, 1, 'again'],
  ]);
});

test('the sum of a batch is what its files add to the live totals', () => {
  const builder = new BatchBuilder(new IdentifierDictionary());
  builder.addCounts({ language: 1, bytes: 7, code: 1, comment: 2, blank: 3, identifiers: new Map([['a', 5]]) });
  builder.addSkip({ reason: 'empty', detail: '' });
  expect(sumOf(builder.finish())).toEqual({ files: 1, skipped: 1, bytes: 7, lines: 6, identifiers: 5 });
});

test('a batch that is left out teaches its names and counts for nothing', () => {
  const sum = new Aggregate();
  const dictionary = new IdentifierDictionary();
  const batchOf = (name: string): BatchResult => {
    const builder = new BatchBuilder(dictionary);
    builder.addCounts({ language: 0, bytes: 1, code: 1, comment: 0, blank: 0, identifiers: new Map([[name, 1]]) });
    return builder.finish();
  };
  sum.ignoreBatch(0, batchOf('left-out'));
  sum.addBatch(0, [{ path: 'a', size: 1 }], batchOf('counted'));
  const { totals, identifiers } = sum.finish();
  expect(identifiers).toEqual([{ name: 'counted', count: 1 }]);
  expect([totals.files, totals.distinctIdentifiers]).toEqual([1, 1]);
});
