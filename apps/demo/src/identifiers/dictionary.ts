/**
 * Numbers for identifiers, so that a name crosses to the parent once per worker and not once per file.
 *
 * The side that counts has an `IdentifierDictionary`: each new name gets the next number, and a batch carries the names that are new in it and
 * pairs of number and count. The side that adds up (`counts.ts`) learns the names in the same order. Both hold only as long as no batch of
 * a dictionary is left out: it lives in a worker process, and the results of a worker that lives all arrive.
 */

/** The identifiers of some files, packed for the way between processes: typed arrays and one string, not thousands of small objects. */
export interface BatchIdentifiers {
  /** Names that were not in any batch before, in the order of their numbers, separated by line feeds, which no name contains. */
  newNames: string;
  /** How many different identifiers each file has. */
  perFile: Uint32Array;
  /** The numbers of the identifiers of the first file, then of the second, and so on. */
  ids: Uint32Array;
  /** How often each of them occurs. */
  occurrences: Uint32Array;
}

export class IdentifierDictionary {
  readonly #ids = new Map<string, number>();
  #newNames: string[] = [];
  #perFile: number[] = [];
  #used: number[] = [];
  #occurrences: number[] = [];

  /** Adds what a file has; returns how many identifiers that are. */
  addFile(identifiers: ReadonlyMap<string, number>): number {
    let all = 0;
    for (const [name, count] of identifiers) {
      this.#used.push(this.#idOf(name));
      this.#occurrences.push(count);
      all += count;
    }
    this.#perFile.push(identifiers.size);
    return all;
  }

  /** The files that were added since the last call. */
  take(): BatchIdentifiers {
    const batch = {
      newNames: this.#newNames.join('\n'),
      perFile: Uint32Array.from(this.#perFile),
      ids: Uint32Array.from(this.#used),
      occurrences: Uint32Array.from(this.#occurrences),
    };
    this.#newNames = [];
    this.#perFile = [];
    this.#used = [];
    this.#occurrences = [];
    return batch;
  }

  #idOf(name: string): number {
    const known = this.#ids.get(name);
    if (known !== undefined) return known;
    const id = this.#ids.size;
    const own = detached(name);
    this.#ids.set(own, id);
    this.#newNames.push(own);
    return id;
  }
}

/** V8 makes a piece of a string this long or longer a reference into the whole, which would stay in memory as long as the piece. */
const SLICED_LENGTH = 13;

/** The same text, not held together with a bigger one. */
export function detached(name: string): string {
  return name.length < SLICED_LENGTH ? name : Buffer.from(name).toString();
}
