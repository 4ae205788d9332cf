/** Maps a tree in this process alone. */

import { setImmediate } from 'node:timers/promises';
import { countFile, isSkipped, linesOf } from './file-row.js';
import type { FileRow } from './file-row.js';
import { bucketOf } from './histogram.js';
import { IdentifierCounts } from './identifiers/counts.js';
import { IdentifierDictionary } from './identifiers/dictionary.js';
import { SEGMENTS_PER_LANE } from './limits.js';
import { Planner } from './planner.js';
import { nothingYet } from './run.js';
import type { RunOptions, RunResult, Snapshot } from './run.js';
import { summarize, withIdentifiers } from './summarize.js';
import { addSegment, mergeSegments, newLane } from './timeline.js';
import { walk } from './walk.js';

/** Resolves with the map of the tree; lets the event loop turn between batches, so that a stop is seen. */
export async function runSerial(root: string, { stop, observe }: RunOptions): Promise<RunResult> {
  const startedAt = performance.now();
  const elapsed = (): number => performance.now() - startedAt;
  const table = new Map<string, FileRow>();
  const planner = new Planner(1);
  const dictionary = new IdentifierDictionary();
  const identifiers = new IdentifierCounts(false);
  const lane = newLane('serial');
  lane.pids.push(process.pid);
  const state = nothingYet();
  observe(() => state);

  for (const event of walk(root)) {
    if ('skip' in event) {
      const { path, ...row } = event.skip;
      table.set(path, row);
    } else {
      planner.add(event.file);
      state.found++;
      state.foundBytes += event.file.size;
    }
  }
  state.walking = false;
  const walkMs = elapsed();

  await setImmediate();
  while (planner.size > 0 && !stop.aborted) {
    const files = planner.take();
    const start = elapsed();
    const bytesBefore = state.bytes;
    for (const { path } of files) {
      const row = countFile(root, path, dictionary);
      table.set(path, row);
      note(state, row);
    }
    identifiers.add('serial', files.map(({ path }) => path), dictionary.take());
    addSegment(lane, { start, end: elapsed(), files: files.length, bytes: state.bytes - bytesBefore, first: files[0]!.path });
    await setImmediate();
  }

  return {
    map: withIdentifiers(summarize(table), identifiers),
    mode: 'serial',
    workers: 0,
    elapsedMs: elapsed(),
    walkMs,
    counted: state.files + state.skipped,
    gone: 0,
    partial: stop.aborted,
    notReached: planner.size,
    lanes: [{ ...lane, segments: mergeSegments(lane.segments, SEGMENTS_PER_LANE) }],
    slowest: null,
    lostWorkers: [],
    sharedTotalAgrees: null,
  };
}

function note(state: Snapshot, row: FileRow): void {
  if (isSkipped(row)) {
    state.skipped++;
    return;
  }
  state.files++;
  state.bytes += row.bytes;
  state.lines += linesOf(row);
  state.identifiers += row.identifiers;
  state.histogram[bucketOf(linesOf(row))]!++;
}
