/** How often each identifier occurs in the whole tree, added up from the batches of several dictionaries. */

import { detached } from './identifier-dictionary.js';
import type { BatchIdentifiers } from './identifier-dictionary.js';
import { biggestFirst } from './order.js';

export interface IdentifierCount {
  name: string;
  count: number;
}

export class IdentifierCounts {
  readonly #places = new Map<string, number>();
  readonly #names: string[] = [];
  readonly #counts: number[] = [];
  /** For each dictionary: the place of its name number 0, 1, 2 and so on. */
  readonly #translations = new Map<number, number[]>();

  /** How many different ones there are. */
  get distinct(): number {
    return this.#counts.reduce((sum, count) => (count > 0 ? sum + 1 : sum), 0);
  }

  /** Adds a batch of the dictionary called `source`. Batches of one dictionary must come in its order, and none may be left out. */
  add(source: number, batch: BatchIdentifiers): void {
    const places = this.learn(source, batch);
    const { ids, occurrences } = batch;
    for (let i = 0; i < ids.length; i++) this.#counts[places[ids[i]!]!]! += occurrences[i]!;
  }

  /** Takes note of the new names of a batch that does not count itself. */
  learn(source: number, { newNames }: BatchIdentifiers): readonly number[] {
    let places = this.#translations.get(source);
    if (places === undefined) this.#translations.set(source, (places = []));
    if (newNames !== '') for (const name of newNames.split('\n')) places.push(this.#placeOf(name));
    return places;
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
