const FIRST_CAPACITY = 1 << 12;
const EMPTY = -1;

/**
 * The states met so far, numbered in order of discovery: an open-addressing table of 64-bit fingerprints.
 *
 * Only the fingerprint of a state is kept, so two different states may be taken for one. Among n states the chance of that is about
 * n² / 2^65: one in 1.5 million for five million states.
 */
export class VisitedStates {
  size = 0;
  private capacity = FIRST_CAPACITY;
  private low = new Int32Array(FIRST_CAPACITY);
  private high = new Int32Array(FIRST_CAPACITY);
  private ids = new Int32Array(FIRST_CAPACITY).fill(EMPTY);

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
    const position = this.find(low, high);
    const known = this.ids[position] as number;
    if (known !== EMPTY) return known;
    this.low[position] = low;
    this.high[position] = high;
    this.ids[position] = this.size;
    return this.size++;
  }

  private find(low: number, high: number): number {
    const mask = this.capacity - 1;
    let position = low & mask;
    while (this.ids[position] !== EMPTY && (this.low[position] !== low || this.high[position] !== high)) position = (position + 1) & mask;
    return position;
  }

  private grow(): void {
    const { low, high, ids } = this;
    this.capacity *= 2;
    this.low = new Int32Array(this.capacity);
    this.high = new Int32Array(this.capacity);
    this.ids = new Int32Array(this.capacity).fill(EMPTY);
    for (let old = 0; old < ids.length; old++) {
      if (ids[old] === EMPTY) continue;
      const position = this.find(low[old] as number, high[old] as number);
      this.low[position] = low[old] as number;
      this.high[position] = high[old] as number;
      this.ids[position] = ids[old] as number;
    }
  }
}

/** The finalizer of MurmurHash3 (A. Appleby): every bit of the input reaches every bit of the output. */
function scramble(value: number): number {
  let mixed = value ^ (value >>> 16);
  mixed = Math.imul(mixed, 0x85ebca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}
