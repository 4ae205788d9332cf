/**
 * The total that all workers add to while they run, in shared memory under one lock. The progress line shows it.
 *
 * Layout, 64-bit floats: one row of `BatchSum` for the whole run, then one per worker. A worker adds each batch to both. When it dies, also
 * in the middle of that, the parent sets its row back to what its results said and makes the first row the sum of the others again.
 * Every method expects the caller to hold the lock.
 */

import { sharedBuffer } from 'manycore';
import type { BatchSum } from '../batch-result.js';

const FIELDS = ['files', 'skipped', 'bytes', 'lines', 'identifiers'] as const satisfies (keyof BatchSum)[];
const ROW_BYTES = FIELDS.length * Float64Array.BYTES_PER_ELEMENT;

export const emptySum = (): BatchSum => ({ files: 0, skipped: 0, bytes: 0, lines: 0, identifiers: 0 });

export class LiveTotals {
  /** To be sent to the workers, who build their own view on it. */
  readonly memory: Uint8Array;
  readonly #numbers: Float64Array;

  constructor(memory: Uint8Array) {
    this.memory = memory;
    this.#numbers = new Float64Array(memory.buffer, memory.byteOffset, memory.byteLength / Float64Array.BYTES_PER_ELEMENT);
  }

  static create(workers: number): LiveTotals {
    return new LiveTotals(sharedBuffer((workers + 1) * ROW_BYTES));
  }

  add(worker: number, sum: BatchSum): void {
    this.#change(worker, sum, 1);
  }

  /** Takes back what a worker added for a batch that counts as another's. */
  subtract(worker: number, sum: BatchSum): void {
    this.#change(worker, sum, -1);
  }

  /** Sets the row of a dead worker to `truth` and the total to the sum of all rows. */
  repair(worker: number, truth: BatchSum): void {
    FIELDS.forEach((field, i) => {
      this.#numbers[(worker + 1) * FIELDS.length + i] = truth[field];
      let total = 0;
      for (let at = FIELDS.length + i; at < this.#numbers.length; at += FIELDS.length) total += this.#numbers[at]!;
      this.#numbers[i] = total;
    });
  }

  total(): BatchSum {
    const sum = emptySum();
    FIELDS.forEach((field, i) => (sum[field] = this.#numbers[i]!));
    return sum;
  }

  #change(worker: number, sum: BatchSum, sign: 1 | -1): void {
    FIELDS.forEach((field, i) => {
      this.#numbers[i]! += sign * sum[field];
      this.#numbers[(worker + 1) * FIELDS.length + i]! += sign * sum[field];
    });
  }
}
