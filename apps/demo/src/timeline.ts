/** What a worker did over time, in a bounded number of segments. */

export interface Segment {
  /** Milliseconds since the run began. */
  start: number;
  end: number;
  files: number;
  bytes: number;
}

/** One row of the timeline. */
export interface Lane {
  name: string;
  pid: number;
  /** When its process was ready for the first batch, in milliseconds since the run began. */
  readyAt: number | null;
  /** Set when it ended before the run did, by itself or by a signal. */
  diedAt: number | null;
  files: number;
  bytes: number;
  busyMs: number;
  segments: Segment[];
}

export const newLane = (name: string, pid: number): Lane => ({
  name,
  pid,
  readyAt: null,
  diedAt: null,
  files: 0,
  bytes: 0,
  busyMs: 0,
  segments: [],
});

export function addSegment(lane: Lane, segment: Segment): void {
  lane.files += segment.files;
  lane.bytes += segment.bytes;
  lane.busyMs += segment.end - segment.start;
  lane.segments.push(segment);
}

/**
 * The same segments, joined where the pauses between them are shortest until at most `limit` are left. What was a long pause stays
 * visible. Segments must be in order and must not overlap.
 */
export function mergeSegments(segments: readonly Segment[], limit: number): Segment[] {
  const surplus = segments.length - limit;
  if (surplus <= 0) return [...segments];
  const pauses = segments.slice(1).map((segment, i) => ({ before: i + 1, length: segment.start - segments[i]!.end }));
  pauses.sort((a, b) => a.length - b.length || a.before - b.before);
  const joined = new Set(pauses.slice(0, surplus).map((pause) => pause.before));
  const merged: Segment[] = [];
  segments.forEach((segment, i) => {
    const last = merged.at(-1);
    if (last !== undefined && joined.has(i)) {
      last.end = segment.end;
      last.files += segment.files;
      last.bytes += segment.bytes;
    } else {
      merged.push({ ...segment });
    }
  });
  return merged;
}
