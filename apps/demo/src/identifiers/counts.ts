/** How often each identifier occurs in the whole tree, added up from the batches of several dictionaries. */

import { biggestFirst } from '../order.js';
import { detached } from './dictionary.js';
import type { BatchIdentifiers } from './dictionary.js';

export interface IdentifierCount {
  name: string;
  count: number;
}

interface FileIdentifiers {
  places: Uint32Array;
  occurrences: Uint32Array;
}

export class IdentifierCounts {
  readonly #places = new Map<string, number>();
  readonly #names: string[] = [];
  readonly #counts: number[] = [];
  /** For each dictionary: the place of its name number 0, 1, 2 and so on. */
  readonly #translations = new Map<string, number[]>();
  /** What each file has added. */
  readonly #files: Map<string, FileIdentifiers> | undefined;

  /** @param keepsFiles - whether a file may come again, or be forgotten: then what each has added is remembered, in some 8 bytes an identifier. */
  constructor(keepsFiles: boolean) {
    this.#files = keepsFiles ? new Map() : undefined;
  }

  /** How many different ones there are. */
  get distinct(): number {
    return this.#counts.reduce((sum, count) => (count > 0 ? sum + 1 : sum), 0);
  }

  /** Adds a batch of the dictionary called `source`: that of the first of `paths`, as many as it has. Batches of one dictionary must come in its order, and none may be left out. */
  add(source: string, paths: readonly string[], { newNames, perFile, ids, occurrences }: BatchIdentifiers): void {
    const places = this.#learn(source, newNames);
    let at = 0;
    perFile.forEach((distinct, index) => {
      const file = { places: ids.slice(at, at + distinct).map((id) => places[id]!), occurrences: occurrences.slice(at, at + distinct) };
      at += distinct;
      this.forget(paths[index]!);
      this.#change(file, 1);
      this.#files?.set(paths[index]!, file);
    });
  }

  /** Takes back what a file has added. */
  forget(path: string): void {
    const file = this.#files?.get(path);
    if (file === undefined) return;
    this.#change(file, -1);
    this.#files?.delete(path);
  }

  /** The `limit` most frequent ones. */
  top(limit: number): IdentifierCount[] {
    // Sorting numbers first tells how frequent one has to be, so that only a few of a hundred thousand names are compared.
    const frequencies = Float64Array.from(this.#counts).sort();
    const least = Math.max(1, frequencies[Math.max(0, frequencies.length - limit)] ?? 1);
    const candidates: IdentifierCount[] = [];
    this.#counts.forEach((count, place) => {
      if (count >= least) candidates.push({ name: this.#names[place]!, count });
    });
    return candidates
      .sort(
        biggestFirst(
          (entry) => entry.count,
          (entry) => entry.name,
        ),
      )
      .slice(0, limit);
  }

  #change({ places, occurrences }: FileIdentifiers, sign: 1 | -1): void {
    for (let i = 0; i < places.length; i++) this.#counts[places[i]!]! += sign * occurrences[i]!;
  }

  #learn(source: string, newNames: string): readonly number[] {
    let places = this.#translations.get(source);
    if (places === undefined) this.#translations.set(source, (places = []));
    if (newNames !== '') for (const name of newNames.split('\n')) places.push(this.#placeOf(name));
    return places;
  }

  #placeOf(name: string): number {
    const known = this.#places.get(name);
    if (known !== undefined) return known;
    const own = detached(name);
    const place = this.#names.push(own) - 1;
    this.#places.set(own, place);
    this.#counts.push(0);
    return place;
  }
}
