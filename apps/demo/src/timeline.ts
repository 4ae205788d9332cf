/** What each worker did over time, in a bounded number of segments. Times are milliseconds since the run began. */

import type { Timeline } from 'manycore';
import { findFiles } from './parallel/find-files.js';

export interface Span {
  start: number;
  end: number;
}

/** Some batches that followed each other closely. */
export interface Segment extends Span {
  files: number;
  bytes: number;
  /** The first of the files, which is the biggest. */
  first: string;
}

/** The end of a process that was replaced. */
export interface Death {
  pid: number;
  /** When it was noticed. */
  at: number;
}

/** One row of the timeline. A worker that dies is replaced by another one in the same row. */
export interface Lane {
  name: string;
  /** Of its processes, the present one last. */
  pids: number[];
  /** From the start of a process until it was ready for a batch. */
  starts: Span[];
  /** Of those that died in this run, in order. */
  deaths: Death[];
  /** When it walked the tree. */
  walks: Span[];
  files: number;
  bytes: number;
  busyMs: number;
  segments: Segment[];
}

export const newLane = (name: string): Lane => ({ name, pids: [], starts: [], deaths: [], walks: [], files: 0, bytes: 0, busyMs: 0, segments: [] });

export function addSegment(lane: Lane, segment: Segment): void {
  lane.files += segment.files;
  lane.bytes += segment.bytes;
  lane.busyMs += segment.end - segment.start;
  lane.segments.push(segment);
}

/** Milliseconds of the system's monotonic clock, on which the timelines of pools are. */
export const monotonicNow = (): number => Number(process.hrtime.bigint()) / 1e6;

/**
 * The lanes of a run, from what its pool has recorded.
 *
 * @param startedAt - of `monotonicNow()`; what was over before is left out.
 * @param batches - what was in a task, by the id of the task.
 */
export function lanesOf(timeline: Timeline, startedAt: number, batches: ReadonlyMap<number, Omit<Segment, keyof Span>>): Lane[] {
  const lanes = new Map<number, Lane>();
  for (const { name, cat, ts = 0, dur = 0, pid, tid, args } of timeline.traceEvents) {
    let lane = lanes.get(tid);
    if (lane === undefined) lanes.set(tid, (lane = newLane(`worker ${tid}`)));
    if (!lane.pids.includes(pid)) lane.pids.push(pid);
    const start = ts / 1000 - startedAt;
    const span = { start: Math.max(0, start), end: start + dur / 1000 };
    if (cat === undefined || span.end <= 0) continue;
    const batch = batches.get(args?.['taskId'] as number);
    if (batch !== undefined) addSegment(lane, { ...span, ...batch });
    else if (cat === 'task' && name === findFiles.name) lane.walks.push(span);
    else if (cat === 'worker' && name === 'start') addStart(lane, pid, start, span);
  }
  return [...lanes].sort(([a], [b]) => a - b).map(([, lane]) => lane);
}

/** A worker is replaced as soon as its death is noticed. */
function addStart(lane: Lane, pid: number, start: number, span: Span): void {
  lane.starts.push(span);
  const former = lane.pids[lane.pids.indexOf(pid) - 1];
  if (former !== undefined && start >= 0) lane.deaths.push({ pid: former, at: start });
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
