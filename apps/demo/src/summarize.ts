/**
 * Makes the map of a tree from the table of its files. The result depends on the rows alone, not on who filled them in or in which order.
 *
 * In a parallel run this is what the manager's server runs: the table stays there, and only the few hundred numbers of the map travel.
 */

import { isSkipped, linesOf } from './file-row.js';
import type { CountedRow, FileRow } from './file-row.js';
import { LINE_BUCKETS, bucketOf } from './histogram.js';
import type { IdentifierCount, IdentifierCounts } from './identifiers/counts.js';
import { LANGUAGES } from './languages.js';
import { IDENTIFIER_COUNT, TOP_COUNT } from './limits.js';
import { groupSkips } from './skip.js';
import type { Skip, SkippedGroup } from './skip.js';
import { TopList } from './top-list.js';

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

/** The part of the map that needs nothing but the table. */
export interface Summary {
  totals: Counts & { skipped: number; linkedAgain: number };
  languages: LanguageCounts[];
  /** By size, and by number of lines. */
  biggest: MappedFile[];
  longest: MappedFile[];
  /** How many files have how many lines, by `bucketOf`. */
  histogram: number[];
  skipped: SkippedGroup[];
}

export interface CodeMap extends Summary {
  totals: Summary['totals'] & { distinctIdentifiers: number };
  identifiers: IdentifierCount[];
}

export const withIdentifiers = (summary: Summary, identifiers: IdentifierCounts): CodeMap => ({
  ...summary,
  totals: { ...summary.totals, distinctIdentifiers: identifiers.distinct },
  identifiers: identifiers.top(IDENTIFIER_COUNT),
});

const noCounts = (): Counts => ({ files: 0, bytes: 0, lines: 0, code: 0, comment: 0, blank: 0, identifiers: 0 });

/** @param table - a Map, or the dict of a manager. */
export function summarize(table: Iterable<[path: string, row: FileRow]>): Summary {
  const totals = noCounts();
  const languages = new Map<string, Counts>();
  const histogram = new Array<number>(LINE_BUCKETS).fill(0);
  const biggest = new TopList<MappedFile>(TOP_COUNT, (file) => file.bytes, (file) => file.path);
  const longest = new TopList<MappedFile>(TOP_COUNT, (file) => file.lines, (file) => file.path);
  const skips: Skip[] = [];
  for (const [path, row] of table) {
    if (isSkipped(row)) {
      skips.push({ path, ...row });
      continue;
    }
    const language = LANGUAGES[row.language]!.name;
    let counts = languages.get(language);
    if (counts === undefined) languages.set(language, (counts = noCounts()));
    add(totals, row);
    add(counts, row);
    const file = { path, language, bytes: row.bytes, lines: linesOf(row) };
    histogram[bucketOf(file.lines)]!++;
    biggest.offer(file);
    longest.offer(file);
  }
  // A further way to a file that is mapped is no gap in the map.
  const linkedAgain = skips.filter(({ reason }) => reason === 'linked-again').length;
  const byLines = new TopList<LanguageCounts>(LANGUAGES.length, (entry) => entry.lines, (entry) => entry.language);
  for (const [language, counts] of languages) byLines.offer({ language, ...counts });
  return {
    totals: { ...totals, skipped: skips.length - linkedAgain, linkedAgain },
    languages: byLines.finish(),
    biggest: biggest.finish(),
    longest: longest.finish(),
    histogram,
    skipped: groupSkips(skips),
  };
}

function add(sum: Counts, row: CountedRow): void {
  sum.files++;
  sum.bytes += row.bytes;
  sum.lines += linesOf(row);
  sum.code += row.code;
  sum.comment += row.comment;
  sum.blank += row.blank;
  sum.identifiers += row.identifiers;
}
