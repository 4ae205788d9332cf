/** What the page's script draws: plain data, embedded in the page as JSON. */

import type { IdentifierCount } from '../identifiers/counts.js';
import type { RunResult } from '../run.js';
import type { LanguageCounts, MappedFile } from '../summarize.js';
import type { Lane, Span } from '../timeline.js';

export interface ReportData {
  languages: LanguageCounts[];
  biggest: MappedFile[];
  identifiers: IdentifierCount[];
  histogram: number[];
  lanes: Lane[];
  elapsedMs: number;
  /** Whether a server that tells of changes has given the page out. */
  isLive: boolean;
}

/** Of blocks this wide and wider, as a part of the run, the page tells the first file. */
const NAMED_PART = 0.002;

const round = (ms: number): number => Math.round(ms * 100) / 100;
const rounded = <T extends Span>(span: T): T => ({ ...span, start: round(span.start), end: round(span.end) });

export function reportData({ map, lanes, elapsedMs }: RunResult, isLive: boolean): ReportData {
  return {
    languages: map.languages,
    biggest: map.biggest,
    identifiers: map.identifiers,
    histogram: map.histogram,
    lanes: lanes.map((lane) => ({
      ...lane,
      busyMs: round(lane.busyMs),
      starts: lane.starts.map(rounded),
      walks: lane.walks.map(rounded),
      deaths: lane.deaths.map(({ pid, at }) => ({ pid, at: round(at) })),
      segments: lane.segments.map((segment) => ({
        ...rounded(segment),
        first: segment.end - segment.start >= NAMED_PART * elapsedMs ? segment.first : '',
      })),
    })),
    elapsedMs: round(elapsedMs),
    isLive,
  };
}
