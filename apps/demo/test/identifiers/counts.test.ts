import fc from 'fast-check';
import { expect, test } from 'vitest';
import { IdentifierCounts } from '../../src/identifiers/counts.js';
import { IdentifierDictionary } from '../../src/identifiers/dictionary.js';

const mapOf = (names: readonly string[]): Map<string, number> => {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
};
const name = fc.constantFrom('a', 'b', 'c', 'constructor', '__proto__', 'ä', 'aVeryLongNameThatIsDetached');

test('counts do not depend on how files are divided among batches and dictionaries', () => {
  fc.assert(
    fc.property(fc.array(fc.array(name)), fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 3 }), (files, size, workers) => {
      const counts = new IdentifierCounts(false);
      const dictionaries = Array.from({ length: workers }, () => new IdentifierDictionary());
      for (let at = 0; at < files.length; at += size) {
        const worker = (at / size) % workers;
        const batch = files.slice(at, at + size);
        for (const names of batch) expect(dictionaries[worker]!.addFile(mapOf(names))).toBe(names.length);
        counts.add(String(worker), batch.map((_, i) => String(at + i)), dictionaries[worker]!.take());
      }
      const all = mapOf(files.flat());
      expect(counts.distinct).toBe(all.size);
      expect(new Map(counts.top(100).map((entry) => [entry.name, entry.count]))).toEqual(all);
    }),
  );
});

test('a name crosses once', () => {
  const dictionary = new IdentifierDictionary();
  dictionary.addFile(mapOf(['a', 'b', 'a']));
  expect(dictionary.take().newNames).toBe('a\nb');
  dictionary.addFile(mapOf(['b', 'c']));
  expect(dictionary.take()).toEqual({ newNames: 'c', perFile: Uint32Array.of(2), ids: Uint32Array.of(1, 2), occurrences: Uint32Array.of(1, 1) });
});

test('a file that comes again replaces what it had, also from another dictionary, and one that is forgotten takes it back', () => {
  const counts = new IdentifierCounts(true);
  const add = (source: string, path: string, names: string[]): void => {
    const dictionary = new IdentifierDictionary();
    dictionary.addFile(mapOf(names));
    counts.add(source, [path], dictionary.take());
  };
  add('1', 'x', ['a', 'b', 'b']);
  add('2', 'y', ['b']);
  add('3', 'x', ['c']);
  expect(counts.top(9)).toEqual([
    { name: 'b', count: 1 },
    { name: 'c', count: 1 },
  ]);
  counts.forget('y');
  counts.forget('never there');
  expect([counts.top(9), counts.distinct]).toEqual([[{ name: 'c', count: 1 }], 1]);
});
