/** Counts text that has neither comments nor identifiers: prose, data, source maps. A line with anything on it counts as code. */

import type { SourceCounts } from './counts.js';

export function countPlainText(source: string): SourceCounts {
  let code = 0;
  let blank = 0;
  for (let start = 0; start < source.length; ) {
    const end = lineEnd(source, start);
    if (source.slice(start, end.text).trim() === '') blank++;
    else code++;
    start = end.next;
  }
  return { code, comment: 0, blank, identifiers: new Map() };
}

const END = /\r\n?|\n/g;

function lineEnd(source: string, from: number): { text: number; next: number } {
  END.lastIndex = from;
  const match = END.exec(source);
  return match === null ? { text: source.length, next: source.length } : { text: match.index, next: match.index + match[0].length };
}
