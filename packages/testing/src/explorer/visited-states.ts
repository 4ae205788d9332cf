const FIRST_CAPACITY = 1 << 12;
/** Cells of an entry: both halves of the fingerprint, and the number plus one; one of nothing is 0. Together, for the sake of the cache. */
const ENTRY = 4;
const LOW = 0;
const HIGH = 1;
const NUMBER = 2;

/**
 * The states met so far, numbered in order of discovery: an open-addressing table of 64-bit fingerprints.
 *
 * Only the fingerprint of a state is kept, so two different states may be taken for one. Among n states the chance of that is about
 * n² / 2^65: one in 1.5 million for five million states.
 */
export class VisitedStates {
  size = 0;
  private capacity = FIRST_CAPACITY;
  private entries = new Int32Array(FIRST_CAPACITY * ENTRY);

  /** The number of this state; `size` before the call when it is new. */
  idOf(state: Int32Array): number {
    if (this.size * 2 >= this.capacity) this.grow();
    let low = 0x1b873593;
    let high = 0x6c078965;
    for (let index = 0; index < state.length; index++) {
      const cell = state[index] as number;
      low = Math.imul(low ^ cell, 0x85ebca6b);
      low ^= low >>> 13;
      high = Math.imul(high + cell, 0x9e3779b1) | 0;
      high = (high << 15) | (high >>> 17);
    }
    low = scramble(low ^ state.length);
    high = scramble(high);
    const entry = find(this.entries, low, high);
    const known = this.entries[entry + NUMBER] as number;
    if (known !== 0) return known - 1;
    this.entries[entry + LOW] = low;
    this.entries[entry + HIGH] = high;
    this.entries[entry + NUMBER] = ++this.size;
    return this.size - 1;
  }

  private grow(): void {
    const { entries } = this;
    this.capacity *= 2;
    this.entries = new Int32Array(this.capacity * ENTRY);
    for (let old = 0; old < entries.length; old += ENTRY) {
      if (entries[old + NUMBER] === 0) continue;
      const entry = find(this.entries, entries[old + LOW] as number, entries[old + HIGH] as number);
      for (let cell = 0; cell < ENTRY; cell++) this.entries[entry + cell] = entries[old + cell] as number;
    }
  }
}

/** Where the entry of this fingerprint is, or has its place. */
function find(entries: Int32Array, low: number, high: number): number {
  const mask = entries.length - 1;
  let entry = (low * ENTRY) & mask;
  while (entries[entry + NUMBER] !== 0 && (entries[entry + LOW] !== low || entries[entry + HIGH] !== high)) entry = (entry + ENTRY) & mask;
  return entry;
}

/** The finalizer of MurmurHash3 (A. Appleby): every bit of the input reaches every bit of the output. */
function scramble(value: number): number {
  let mixed = value ^ (value >>> 16);
  mixed = Math.imul(mixed, 0x85ebca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}
