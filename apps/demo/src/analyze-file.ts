/** Reads one file and counts what is in it. Serial and parallel runs use this same function, which is why their results agree. */

import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { LANGUAGES, languageOf } from './languages.js';
import { BINARY_PROBE_BYTES, ENORMOUS_BYTES } from './limits.js';
import { messageOf } from './skip.js';
import type { Skip, SkipReason } from './skip.js';
import type { SourceCounts } from './tokenize/counts.js';
import { tokenize } from './tokenize/tokenize.js';

export interface FileCounts extends SourceCounts {
  /** Index in `LANGUAGES`. */
  language: number;
  bytes: number;
}

export type FileResult = { counts: FileCounts } | { skip: Omit<Skip, 'path'> };

/** One byte more than is allowed tells an enormous file from one that just fits. Made at the first read and used again for every file. */
let scratch: Buffer | undefined;

const skip = (reason: SkipReason, detail: string): FileResult => ({ skip: { reason, detail } });

/** Counts the file at `path`, blocking on its reads. Throws nothing: what goes wrong is the reason of a skip. */
export function analyzeFile(path: string): FileResult {
  scratch ??= Buffer.allocUnsafeSlow(ENORMOUS_BYTES + 1);
  let bytes: number | SkipReason;
  try {
    bytes = readInto(scratch, path);
  } catch (error) {
    return skip('unreadable', messageOf(error));
  }
  if (typeof bytes === 'string') return skip(bytes, bytes === 'enormous' ? `more than ${ENORMOUS_BYTES} bytes` : '');
  if (bytes === 0) return skip('empty', '');
  const nul = scratch.subarray(0, Math.min(bytes, BINARY_PROBE_BYTES)).indexOf(0);
  if (nul >= 0) return skip('binary', `NUL byte at offset ${nul}`);
  const source = scratch.toString('utf8', 0, bytes);
  const language = languageOf(path, source);
  try {
    return { counts: { language, bytes, ...tokenize(source, LANGUAGES[language]!) } };
  } catch (error) {
    return skip('failed', messageOf(error));
  }
}

/** Without O_NONBLOCK, a named pipe that took the place of the file since the walk would block the open for ever. */
function readInto(buffer: Buffer, path: string): number | SkipReason {
  const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stats = fstatSync(file);
    if (stats.isDirectory()) return 'unreadable';
    if (!stats.isFile()) return 'special';
    if (stats.size > ENORMOUS_BYTES) return 'enormous';
    let length = 0;
    while (length < buffer.length) {
      const read = readSync(file, buffer, length, buffer.length - length, null);
      if (read === 0) return length;
      length += read;
    }
    return 'enormous';
  } finally {
    closeSync(file);
  }
}
