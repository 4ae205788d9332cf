/**
 * Everything that lives as long as the program maps: the worker processes, the table of all files, and the shared memory.
 * With `--watch` it stays for the next change, so that nothing has to start again.
 */

import { Event, Pool, SyncManager } from 'manycore';
import type { DictProxy } from 'manycore';
import type { FileRow } from '../file-row.js';
import { prepareWorker } from './map-batch.js';
import { SlowestBoard } from './slowest.js';
import { newTallies } from './tally.js';
import type { Tallies } from './tally.js';

/** A worker that is through with a batch finds the next one ready. */
const BATCHES_PER_WORKER = 2;

export class Crew {
  readonly workers: number;
  /** How many batches are out at a time. */
  readonly batches: number;
  /** When it began to start, of this thread's `performance.now()`. */
  readonly startedAt = performance.now();
  readonly stop = new Event();
  readonly slowest = new SlowestBoard();
  readonly tallies: Tallies;
  readonly pool: Pool;
  /** A thread and not a process: that is cheaper, and the table is of no use to anyone once this program ends. */
  readonly #manager = new SyncManager({ startMethod: 'thread' });
  /** All files, by path. */
  readonly table: Promise<DictProxy<string, FileRow>>;

  constructor(root: string, workers: number) {
    this.workers = workers;
    this.batches = workers * BATCHES_PER_WORKER;
    this.tallies = newTallies(this.batches);
    const shared = { root, stop: this.stop, tallies: this.tallies, slowest: this.slowest.parts };
    // The manager first: the first batch needs its table.
    this.table = this.#manager.start().then((manager) => manager.dict<string, FileRow>());
    this.pool = new Pool(workers, { name: 'codemap', initializer: prepareWorker, initArgs: [shared] });
  }

  /** Ends them all, whatever they are at, and waits until they have ended. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.pool.terminate(), this.table.then(() => this.#manager.shutdown())]);
  }
}
