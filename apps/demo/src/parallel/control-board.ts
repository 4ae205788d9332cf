/**
 * Small words in shared memory between the parent and the workers: "stop", and what each worker has in hand.
 *
 * Layout, 32-bit integers: word 0 is 1 once the run is to stop; then two words per worker: the id of its batch (0: none) and the index of
 * the file it is at. A worker writes only its own words, the parent only word 0, so no lock is needed. The words outlive the worker, which
 * is how the parent knows what a killed one was doing.
 */

import { sharedBuffer } from 'manycore';

const STOP = 0;
const FIRST_WORKER = 1;
const WORDS_PER_WORKER = 2;

export class ControlBoard {
  /** To be sent to the workers, who build their own board on it. */
  readonly memory: Uint8Array;
  readonly #words: Int32Array;

  constructor(memory: Uint8Array) {
    this.memory = memory;
    this.#words = new Int32Array(memory.buffer, memory.byteOffset, memory.byteLength / Int32Array.BYTES_PER_ELEMENT);
  }

  static create(workers: number): ControlBoard {
    return new ControlBoard(sharedBuffer((FIRST_WORKER + WORDS_PER_WORKER * workers) * Int32Array.BYTES_PER_ELEMENT));
  }

  stop(): void {
    Atomics.store(this.#words, STOP, 1);
  }

  get stopped(): boolean {
    return Atomics.load(this.#words, STOP) === 1;
  }

  hold(worker: number, batch: number): void {
    // The file first: whoever sees the new batch must not pair it with the last file of the one before.
    this.holdFile(worker, 0);
    Atomics.store(this.#words, wordOf(worker), batch);
  }

  holdFile(worker: number, index: number): void {
    Atomics.store(this.#words, wordOf(worker) + 1, index);
  }

  letGo(worker: number): void {
    Atomics.store(this.#words, wordOf(worker), 0);
  }

  held(worker: number): { batch: number; file: number } {
    const at = wordOf(worker);
    return { batch: Atomics.load(this.#words, at), file: Atomics.load(this.#words, at + 1) };
  }
}

const wordOf = (worker: number): number => FIRST_WORKER + WORDS_PER_WORKER * worker;
