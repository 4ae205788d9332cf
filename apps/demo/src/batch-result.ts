/**
 * What comes back for a batch of files, packed for the way between processes: typed arrays and one string. Hundreds of small objects per
 * batch would keep the parent busy, and with it a processor that a worker could use.
 */

import type { FileCounts } from './analyze-file.js';
import type { BatchIdentifiers, IdentifierDictionary } from './identifier-dictionary.js';
import type { Skip } from './skip.js';

/** The numbers of one file, in this order. */
export const FIELDS = ['language', 'bytes', 'code', 'comment', 'blank', 'identifiers'] as const;

export interface BatchResult {
  /** `FIELDS.length` numbers for each file of the batch that was handled; language -1 is a file that was skipped. */
  numbers: Int32Array;
  skips: { index: number; reason: Skip['reason']; detail: string }[];
  identifiers: BatchIdentifiers;
  /** Milliseconds since the epoch, with fractions. */
  startedAt: number;
  endedAt: number;
}

/** How many files of the batch were handled: fewer than it has when the run was stopped meanwhile. */
export const handledFiles = (result: BatchResult): number => result.numbers.length / FIELDS.length;

/** The numbers that change the live totals. */
export interface BatchSum {
  files: number;
  skipped: number;
  bytes: number;
  lines: number;
  identifiers: number;
}

export function sumOf(result: BatchResult): BatchSum {
  const sum: BatchSum = { files: 0, skipped: 0, bytes: 0, lines: 0, identifiers: 0 };
  const { numbers } = result;
  for (let at = 0; at < numbers.length; at += FIELDS.length) {
    if (numbers[at] === -1) {
      sum.skipped++;
      continue;
    }
    sum.files++;
    sum.bytes += numbers[at + 1]!;
    sum.lines += numbers[at + 2]! + numbers[at + 3]! + numbers[at + 4]!;
    sum.identifiers += numbers[at + 5]!;
  }
  return sum;
}

/** Collects the files of one batch. */
export class BatchBuilder {
  readonly #numbers: number[] = [];
  readonly #skips: BatchResult['skips'] = [];
  readonly #dictionary: IdentifierDictionary;
  readonly #startedAt = now();

  /** `dictionary` is the one of this worker, the same for all its batches. */
  constructor(dictionary: IdentifierDictionary) {
    this.#dictionary = dictionary;
  }

  addSkip(skip: Omit<Skip, 'path'>): void {
    this.#skips.push({ index: this.#numbers.length / FIELDS.length, ...skip });
    this.#numbers.push(-1, 0, 0, 0, 0, 0);
  }

  addCounts(counts: FileCounts): void {
    let occurrences = 0;
    for (const [name, count] of counts.identifiers) {
      occurrences += count;
      this.#dictionary.add(name, count);
    }
    this.#numbers.push(counts.language, counts.bytes, counts.code, counts.comment, counts.blank, occurrences);
  }

  finish(): BatchResult {
    return {
      numbers: Int32Array.from(this.#numbers),
      skips: this.#skips,
      identifiers: this.#dictionary.take(),
      startedAt: this.#startedAt,
      endedAt: now(),
    };
  }
}

/** A clock that all processes share and that does not jump within one. */
export function now(): number {
  return performance.timeOrigin + performance.now();
}
