/** What the page's script draws: plain data, embedded in the page as JSON. */

import type { LanguageCounts, MappedFile } from '../aggregate.js';
import type { IdentifierCount } from '../identifier-counts.js';
import type { RunResult } from '../run.js';
import type { Lane } from '../timeline.js';

export interface ReportData {
  languages: LanguageCounts[];
  biggest: MappedFile[];
  identifiers: IdentifierCount[];
  lanes: Lane[];
  elapsedMs: number;
  walkMs: number;
}

export function reportData({ map, lanes, elapsedMs, walkMs }: RunResult): ReportData {
  const round = (ms: number): number => Math.round(ms * 100) / 100;
  return {
    languages: map.languages,
    biggest: map.biggest,
    identifiers: map.identifiers,
    lanes: lanes.map((lane) => ({
      ...lane,
      readyAt: lane.readyAt === null ? null : round(lane.readyAt),
      diedAt: lane.diedAt === null ? null : round(lane.diedAt),
      segments: lane.segments.map((segment) => ({ ...segment, start: round(segment.start), end: round(segment.end) })),
    })),
    elapsedMs: round(elapsedMs),
    walkMs: round(walkMs),
  };
}
