/**
 * Cuts the files of a walk into batches, while the walk goes on.
 *
 * Biggest files first, so that no worker is left alone with a big one at the end; a batch is limited in bytes and in files, and the
 * limit shrinks with what remains, so that the workers also finish together.
 */

import { byName } from './order.js';
import type { SourceFile } from './walk.js';

const MAX_BATCH_FILES = 64;
const MAX_BATCH_BYTES = 1024 * 1024;
const MIN_BATCH_BYTES = 64 * 1024;
/** Batches each worker should still get out of what is left. */
const BATCHES_AHEAD = 4;

export class Planner {
  readonly #workers: number;
  /** Ascending, so that the biggest is taken from the end. */
  #waiting: SourceFile[] = [];
  #sorted = true;
  #bytesWaiting = 0;

  constructor(workers: number) {
    this.#workers = workers;
  }

  get size(): number {
    return this.#waiting.length;
  }

  add(file: SourceFile): void {
    this.#waiting.push(file);
    this.#bytesWaiting += file.size;
    this.#sorted = false;
  }

  /** The next batch; empty when no file is waiting. */
  take(): SourceFile[] {
    if (!this.#sorted) {
      // Most of the list is in order already, which the sort makes use of.
      this.#waiting.sort((a, b) => a.size - b.size || byName(b.path, a.path));
      this.#sorted = true;
    }
    const share = this.#bytesWaiting / (this.#workers * BATCHES_AHEAD);
    const limit = Math.min(MAX_BATCH_BYTES, Math.max(MIN_BATCH_BYTES, share));
    const batch: SourceFile[] = [];
    let bytes = 0;
    while (batch.length < MAX_BATCH_FILES && bytes < limit) {
      const file = this.#waiting.pop();
      if (file === undefined) break;
      batch.push(file);
      bytes += file.size;
    }
    this.#bytesWaiting -= bytes;
    return batch;
  }

  /** Takes all that is waiting, in the order of their paths. */
  drain(): SourceFile[] {
    const rest = this.#waiting.sort((a, b) => byName(a.path, b.path));
    this.#waiting = [];
    this.#bytesWaiting = 0;
    return rest;
  }
}
