/** Adds up batches to the map of a tree. The result depends on the files alone, not on who counted them or in which order they came. */

import { FIELDS, handledFiles } from './batch-result.js';
import type { BatchResult } from './batch-result.js';
import { IdentifierCounts } from './identifier-counts.js';
import type { IdentifierCount } from './identifier-counts.js';
import { LANGUAGES } from './languages.js';
import { BIGGEST_COUNT, IDENTIFIER_COUNT, SKIPPED_PER_REASON } from './limits.js';
import { biggestFirst, byName } from './order.js';
import { SKIP_REASONS } from './skip.js';
import type { Skip, SkipReason } from './skip.js';
import type { SourceFile } from './walk.js';

export interface Counts {
  files: number;
  bytes: number;
  lines: number;
  code: number;
  comment: number;
  blank: number;
  identifiers: number;
}

export interface LanguageCounts extends Counts {
  language: string;
}

export interface MappedFile {
  path: string;
  language: string;
  bytes: number;
  lines: number;
}

export interface SkippedGroup {
  reason: SkipReason;
  text: string;
  count: number;
  /** The first ones by path. */
  listed: { path: string; detail: string }[];
}

export interface CodeMap {
  totals: Counts & { distinctIdentifiers: number; skipped: number; linkedAgain: number };
  languages: LanguageCounts[];
  biggest: MappedFile[];
  identifiers: IdentifierCount[];
  skipped: SkippedGroup[];
}

const noCounts = (): Counts => ({ files: 0, bytes: 0, lines: 0, code: 0, comment: 0, blank: 0, identifiers: 0 });

export class Aggregate {
  readonly #totals = noCounts();
  readonly #languages = new Map<number, Counts>();
  readonly #identifiers = new IdentifierCounts();
  readonly #skips: Skip[] = [];
  #biggest: MappedFile[] = [];

  addSkip(skip: Skip): void {
    this.#skips.push(skip);
  }

  /** Adds what worker number `worker` found out about the first files of `files`, as many as the result covers. */
  addBatch(worker: number, files: readonly SourceFile[], result: BatchResult): void {
    for (let index = 0; index < handledFiles(result); index++) this.#addFile(files[index]!.path, result.numbers, index * FIELDS.length);
    for (const { index, reason, detail } of result.skips) this.#skips.push({ path: files[index]!.path, reason, detail });
    this.#identifiers.add(worker, result.identifiers);
    if (this.#biggest.length > 20 * BIGGEST_COUNT) this.#biggest = topFiles(this.#biggest);
  }

  /** Leaves out a batch that somebody else has answered before. */
  ignoreBatch(worker: number, result: BatchResult): void {
    this.#identifiers.learn(worker, result.identifiers);
  }

  finish(): CodeMap {
    const languages = Array.from(this.#languages, ([index, counts]): LanguageCounts => ({ language: LANGUAGES[index]!.name, ...counts }));
    // A further way to a file that is mapped is no gap in the map.
    const linkedAgain = this.#skips.filter((skip) => skip.reason === 'linked-again').length;
    return {
      totals: { ...this.#totals, distinctIdentifiers: this.#identifiers.distinct, skipped: this.#skips.length - linkedAgain, linkedAgain },
      languages: languages.sort(
        biggestFirst(
          (entry) => entry.lines,
          (entry) => entry.language,
        ),
      ),
      biggest: topFiles(this.#biggest),
      identifiers: this.#identifiers.top(IDENTIFIER_COUNT),
      skipped: groupSkips(this.#skips),
    };
  }

  #addFile(path: string, numbers: Int32Array, at: number): void {
    const language = numbers[at]!;
    if (language === -1) return;
    const [bytes, code, comment, blank, identifiers] = numbers.subarray(at + 1, at + FIELDS.length) as unknown as [
      number,
      number,
      number,
      number,
      number,
    ];
    const lines = code + comment + blank;
    let counts = this.#languages.get(language);
    if (counts === undefined) this.#languages.set(language, (counts = noCounts()));
    for (const sum of [this.#totals, counts]) {
      sum.files++;
      sum.bytes += bytes;
      sum.lines += lines;
      sum.code += code;
      sum.comment += comment;
      sum.blank += blank;
      sum.identifiers += identifiers;
    }
    this.#biggest.push({ path, language: LANGUAGES[language]!.name, bytes, lines });
  }
}

function topFiles(files: MappedFile[]): MappedFile[] {
  return files
    .sort(
      biggestFirst(
        (file) => file.bytes,
        (file) => file.path,
      ),
    )
    .slice(0, BIGGEST_COUNT);
}

function groupSkips(skips: readonly Skip[]): SkippedGroup[] {
  const groups: SkippedGroup[] = [];
  for (const [reason, text] of Object.entries(SKIP_REASONS) as [SkipReason, string][]) {
    const those = skips.filter((skip) => skip.reason === reason).sort((a, b) => byName(a.path, b.path));
    if (those.length === 0) continue;
    groups.push({
      reason,
      text,
      count: those.length,
      listed: those.slice(0, SKIPPED_PER_REASON).map(({ path, detail }) => ({ path, detail })),
    });
  }
  return groups;
}
