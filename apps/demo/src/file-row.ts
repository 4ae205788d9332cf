/**
 * A row of the table of files: what was counted in a file, or why nothing was. Its key is the path, so counting a file again, after a
 * change or after the death of a worker, replaces the row and never counts anything twice.
 */

import { analyzeFile } from './analyze-file.js';
import type { IdentifierDictionary } from './identifiers/dictionary.js';
import type { Skip } from './skip.js';

export interface CountedRow {
  /** Index in `LANGUAGES`. */
  language: number;
  bytes: number;
  code: number;
  comment: number;
  blank: number;
  /** Occurrences of all identifiers. */
  identifiers: number;
}

export type SkippedRow = Omit<Skip, 'path'>;

export type FileRow = CountedRow | SkippedRow;

export const isSkipped = (row: FileRow): row is SkippedRow => 'reason' in row;

export const linesOf = ({ code, comment, blank }: CountedRow): number => code + comment + blank;

/** Counts the file at `path`, relative to `root`, and adds its identifiers to the dictionary as those of the next file. Blocks; throws nothing. */
export function countFile(root: string, path: string, dictionary: IdentifierDictionary): FileRow {
  const result = analyzeFile(`${root}/${path}`);
  if ('skip' in result) {
    dictionary.addFile(new Map());
    return result.skip;
  }
  const { language, bytes, code, comment, blank, identifiers } = result.counts;
  return { language, bytes, code, comment, blank, identifiers: dictionary.addFile(identifiers) };
}
