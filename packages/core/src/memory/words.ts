/**
 * The memory that the algorithms of this project are written against: 32-bit words, sequentially consistent operations.
 *
 * Production code uses `AtomicWords` over the mapped session memory; the interleaving explorer of `@manycore/testing` hands the same
 * algorithms a model of it, so that every schedule and every kill can be tried. Algorithms touch shared words only through this interface.
 */
export interface Words {
  load(index: number): number;
  store(index: number, value: number): void;
  /**
   * A plain load: not ordered against other threads. For words that are written only under a lock, by its holder; and for hints, where an old value does no harm. An atomic one is a
   * call into the runtime (8 ns on Node 20), also where the processor has nothing to do.
   */
  get(index: number): number;
  /**
   * A plain store: not ordered against other threads. For words that others read only under the lock this thread holds; what a killed thread had stored is all there when its death
   * is noticed.
   */
  set(index: number, value: number): void;
  /** Returns the old value. */
  exchange(index: number, value: number): number;
  /** Stores `value` if the word is `expected`; returns what the word was. */
  compareExchange(index: number, expected: number, value: number): number;
  /** Adds with wrap-around; returns the old value. So do `or` and `and`. */
  add(index: number, value: number): number;
  or(index: number, mask: number): number;
  and(index: number, mask: number): number;
}

/** Words in shared memory, from a base inside a mapped window. */
export class AtomicWords implements Words {
  /**
   * @param array - the whole window; it is kept referenced here, so the mapping lives as long as these words do (trap T3).
   * @param base - index in `array` of word 0.
   */
  constructor(
    readonly array: Int32Array,
    readonly base: number,
  ) {}

  load(index: number): number {
    return Atomics.load(this.array, this.base + index);
  }

  store(index: number, value: number): void {
    Atomics.store(this.array, this.base + index, value);
  }

  get(index: number): number {
    return this.array[this.base + index]!;
  }

  set(index: number, value: number): void {
    this.array[this.base + index] = value;
  }

  exchange(index: number, value: number): number {
    return Atomics.exchange(this.array, this.base + index, value);
  }

  compareExchange(index: number, expected: number, value: number): number {
    return Atomics.compareExchange(this.array, this.base + index, expected, value);
  }

  add(index: number, value: number): number {
    return Atomics.add(this.array, this.base + index, value);
  }

  or(index: number, mask: number): number {
    return Atomics.or(this.array, this.base + index, mask);
  }

  and(index: number, mask: number): number {
    return Atomics.and(this.array, this.base + index, mask);
  }
}
