/**
 * What has been counted so far, as the progress line shows it: kept in shared memory, so that it costs no message.
 *
 * There is a record for each batch that is out. Only the worker that has the batch writes to it, file by file, so no lock is needed. When the
 * result is there, the parent adds the record to its own sum; when the worker has died, it clears the record instead, and whoever gets
 * the files next begins at zero. So nothing is counted twice, wherever a worker is killed.
 */

import { SharedArray, struct } from 'manycore';
import { isSkipped, linesOf } from '../file-row.js';
import type { FileRow } from '../file-row.js';
import { LINE_BUCKETS, bucketOf } from '../histogram.js';

const Tally = struct({ files: 'u32', skipped: 'u32', bytes: 'f64', lines: 'f64', identifiers: 'f64', histogram: ['u32', LINE_BUCKETS] });

export type Tallies = SharedArray<typeof Tally>;
export type TallyRecord = ReturnType<Tallies['at']>;

export const newTallies = (batches: number): Tallies => new SharedArray(Tally, batches, { lock: false });

/** A worker has counted a file. */
export function tallyFile(record: TallyRecord, row: FileRow): void {
  if (isSkipped(row)) {
    record.skipped++;
    return;
  }
  record.files++;
  record.bytes += row.bytes;
  record.lines += linesOf(row);
  record.identifiers += row.identifiers;
  record.histogram[bucketOf(linesOf(row))]!++;
}

/** What all batches have come to, those that are out included. */
export interface Counted {
  files: number;
  skipped: number;
  bytes: number;
  lines: number;
  identifiers: number;
  histogram: number[];
}

const nothing = (): Counted => ({ files: 0, skipped: 0, bytes: 0, lines: 0, identifiers: 0, histogram: new Array<number>(LINE_BUCKETS).fill(0) });

function add(sum: Counted, more: Counted | TallyRecord): void {
  for (const field of ['files', 'skipped', 'bytes', 'lines', 'identifiers'] as const) sum[field] += more[field];
  for (let bucket = 0; bucket < LINE_BUCKETS; bucket++) sum.histogram[bucket]! += more.histogram[bucket]!;
}

/** The parent's side. */
export class TallySum {
  readonly #tallies: Tallies;
  readonly #done = nothing();

  constructor(tallies: Tallies) {
    this.#tallies = tallies;
  }

  /** The batch with this record is counted. */
  settle(number: number): void {
    add(this.#done, this.#tallies.at(number));
    this.drop(number);
  }

  /** The batch with this record counts for nothing. */
  drop(number: number): void {
    this.#tallies.set(number, {});
  }

  read(): Counted {
    const sum = nothing();
    add(sum, this.#done);
    for (const record of this.#tallies) add(sum, record);
    return sum;
  }
}
