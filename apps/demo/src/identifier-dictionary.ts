/**
 * Numbers for identifiers, so that a name crosses to the parent once per worker and not once per batch.
 *
 * The side that counts has an `IdentifierDictionary`: each new name gets the next number, and a batch carries the names that are new in it and
 * pairs of number and count. The side that adds up (`identifier-counts.ts`) learns the names in the same order. Both hold only as
 * long as no batch of a worker is left out, which the order of the queue guarantees.
 */

export interface BatchIdentifiers {
  /** Names that were not in any batch before, in the order of their numbers, separated by line feeds, which no name contains. */
  newNames: string;
  /** The numbers of all identifiers of the batch. */
  ids: Uint32Array;
  /** How often each of them occurs. */
  occurrences: Uint32Array;
}

export class IdentifierDictionary {
  readonly #ids = new Map<string, number>();
  /** By number; zero between batches. */
  readonly #counts: number[] = [];
  #used: number[] = [];
  #newNames: string[] = [];

  add(name: string, count: number): void {
    let id = this.#ids.get(name);
    if (id === undefined) {
      id = this.#ids.size;
      const own = detached(name);
      this.#ids.set(own, id);
      this.#newNames.push(own);
      this.#counts.push(0);
    }
    if (this.#counts[id] === 0) this.#used.push(id);
    this.#counts[id]! += count;
  }

  /** What was added since the last call. */
  take(): BatchIdentifiers {
    const ids = Uint32Array.from(this.#used);
    const batch = { newNames: this.#newNames.join('\n'), ids, occurrences: ids.map((id) => this.#counts[id]!) };
    for (const id of this.#used) this.#counts[id] = 0;
    this.#used = [];
    this.#newNames = [];
    return batch;
  }
}

/** V8 makes a piece of a string this long or longer a reference into the whole, which would stay in memory as long as the piece. */
const SLICED_LENGTH = 13;

/** The same text, not held together with a bigger one. */
export function detached(name: string): string {
  return name.length < SLICED_LENGTH ? name : Buffer.from(name).toString();
}
