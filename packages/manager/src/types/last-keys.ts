/**
 * The keys of a map, last ones last: a Map goes forwards only, and whoever takes its items from the end would walk all of them each time.
 *
 * Made when the last key is first asked for, kept as long as it is worth it. Keys that were deleted stay in the list until they come to its end. A key that was deleted and came again is in it twice, the valid one
 * behind: all that was set after a key is gone from the list when the key comes to its end, so that a key of the map found there was set last.
 */
const FEWEST_STALE = 64;

export class LastKeys<K> {
  #keys: K[] | undefined;

  constructor(readonly map: ReadonlyMap<K, unknown>) {}

  /** A key was set that was not in the map. */
  added(key: K): void {
    if (this.#keys === undefined) return;
    this.#keys.push(key);
    if (this.#keys.length > 2 * this.map.size + FEWEST_STALE) this.#keys = undefined;
  }

  /** All keys are gone. */
  cleared(): void {
    this.#keys = undefined;
  }

  /** The key that was set last; the map has one. */
  last(): K {
    const keys = (this.#keys ??= [...this.map.keys()]);
    while (!this.map.has(keys.at(-1)!)) keys.pop();
    return keys.at(-1)!;
  }
}
