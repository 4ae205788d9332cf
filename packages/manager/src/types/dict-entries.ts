/** The arguments from which a dict is filled. */
import { describe } from '@manycore/core/internal';
import { isIterable } from '@manycore/process/internal';

/** What a dict is filled from. */
export type DictEntries<K, V> = Iterable<readonly [K, V]> | Readonly<Record<string, V>>;

/** @throws TypeError */
export function entriesOf<K, V>(source: DictEntries<K, V>, call: string): [K, V][] {
  if (typeof source !== 'object' || source === null) throw new TypeError(`${call}: expected a Map, an iterable of entries or an object, got ${describe(source)}.`);
  if (!isIterable(source)) return Object.entries(source) as [K, V][];
  return Array.from(source, (entry) => {
    if (Array.isArray(entry) && entry.length === 2) return entry;
    throw new TypeError(`${call}: an entry is [key, value], got ${describe(entry)}.`);
  });
}
