/** Who watches a dict, and what they have not been told yet. */
import { describe } from '@manycore/core/internal';
import { ManagerError } from '../errors.js';

/** A change of a dict. */
export type DictChange<K, V> =
  | { readonly type: 'set'; readonly key: K; readonly value: V }
  | { readonly type: 'delete'; readonly key: K }
  | { readonly type: 'clear' };

const BUFFER_SIZE = 1024;

export class Changes<K, V> {
  readonly #watchers = new Set<Watcher<K, V>>();

  /** @param all - whether every key is watched. @throws TypeError, RangeError */
  watch(all: boolean, key: K | undefined, bufferSize: unknown = BUFFER_SIZE): Watcher<K, V> {
    if (typeof bufferSize !== 'number' || Number.isNaN(bufferSize)) throw new TypeError(`dict.watch: bufferSize must be a number of changes, got ${describe(bufferSize)}.`);
    if (bufferSize < 1) throw new RangeError(`dict.watch: bufferSize must be 1 or more changes, got ${bufferSize}.`);
    const watcher: Watcher<K, V> = new Watcher((change) => all || change.type === 'clear' || change.key === key, bufferSize, () => this.#watchers.delete(watcher));
    this.#watchers.add(watcher);
    return watcher;
  }

  tell(change: DictChange<K, V>): void {
    for (const watcher of this.#watchers) watcher.tell(change);
  }
}

/** Gives the changes that nobody asked for yet, up to so many; who falls behind further is told so, and has to look at the whole again. Written by hand: a generator could not be closed while somebody waits for it. */
export class Watcher<K, V> implements AsyncIterableIterator<DictChange<K, V>> {
  #changes: DictChange<K, V>[] = [];
  #asked: { resolve(step: IteratorResult<DictChange<K, V>>): void; reject(error: Error): void } | undefined;
  #failure: Error | undefined;
  #isOver = false;

  constructor(
    readonly concerns: (change: DictChange<K, V>) => boolean,
    readonly bufferSize: number,
    readonly leave: () => void,
  ) {}

  tell(change: DictChange<K, V>): void {
    if (!this.concerns(change)) return;
    const asked = this.#asked;
    if (asked !== undefined) {
      this.#asked = undefined;
      asked.resolve({ done: false, value: change });
    } else if (this.#changes.length < this.bufferSize) this.#changes.push(change);
    else {
      this.#failure = new ManagerError(`dict.watch: more than ${this.bufferSize} changes were not fetched in time, and are dropped. Watch anew, and then take a snapshot().`);
      this.#end();
    }
  }

  next(): Promise<IteratorResult<DictChange<K, V>>> {
    if (this.#failure !== undefined) {
      const failure = this.#failure;
      this.#failure = undefined;
      return Promise.reject(failure);
    }
    const change = this.#changes.shift();
    if (change !== undefined) return Promise.resolve({ done: false, value: change });
    if (this.#isOver) return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve, reject) => (this.#asked = { resolve, reject }));
  }

  return(): Promise<IteratorResult<DictChange<K, V>>> {
    this.#end();
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #end(): void {
    this.#isOver = true;
    this.#changes = [];
    this.leave();
    this.#asked?.resolve({ done: true, value: undefined });
    this.#asked = undefined;
  }
}
