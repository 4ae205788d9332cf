/** What a worker process does. It imports the counting, and nothing of the command line or the report. */

import { currentTask } from 'manycore';
import type { DictProxy, Event } from 'manycore';
import { countFile } from '../file-row.js';
import type { FileRow } from '../file-row.js';
import { IdentifierDictionary } from '../identifiers/dictionary.js';
import type { BatchIdentifiers } from '../identifiers/dictionary.js';
import { SlowestBoard } from './slowest.js';
import { tallyFile } from './tally.js';
import type { Tallies } from './tally.js';

/** What all workers have in common; given to each when it starts. */
export interface Shared {
  root: string;
  /** Set by Ctrl-C: no further file is begun. */
  stop: Event;
  tallies: Tallies;
  slowest: SlowestBoard['parts'];
}

export interface Batch {
  /** Its record in `tallies`. */
  number: number;
  paths: string[];
}

export interface BatchResult {
  taskId: number;
  /** How many files were counted: fewer than the batch has when the run was stopped meanwhile. */
  files: number;
  bytes: number;
  /** Of the dictionary called `dictionary`. */
  identifiers: BatchIdentifiers;
  dictionary: string;
}

interface Worker {
  shared: Shared;
  slowest: SlowestBoard;
  dictionary: IdentifierDictionary;
  /** The process id may be given to another process one day: with the moment it began at it is unique. */
  name: string;
}

let worker: Worker | undefined;

/** The pool's initializer. */
export function prepareWorker(shared: Shared): void {
  const name = `${process.pid}@${performance.timeOrigin}`;
  worker = { shared, slowest: new SlowestBoard(shared.slowest), dictionary: new IdentifierDictionary(), name };
}

/**
 * Counts the files of a batch, one after the other, and puts them into the table of all files. It resolves when they are in the table; a
 * worker that dies before leaves rows there that whoever counts the files again overwrites with the same.
 */
export async function mapBatch({ number, paths }: Batch, table: DictProxy<string, FileRow>): Promise<BatchResult> {
  const { shared, slowest, dictionary, name } = worker!;
  const tally = shared.tallies.at(number);
  const rows = new Map<string, FileRow>();
  for (const path of paths) {
    if (shared.stop.isSet()) break;
    const startedAt = performance.now();
    const row = countFile(shared.root, path, dictionary);
    slowest.offer(path, performance.now() - startedAt);
    tallyFile(tally, row);
    rows.set(path, row);
  }
  await table.update(rows);
  return { taskId: currentTask()!.id, files: rows.size, bytes: tally.bytes, identifiers: dictionary.take(), dictionary: name };
}
