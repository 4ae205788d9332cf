/** Maps a tree in this process alone. */

import { setImmediate } from 'node:timers/promises';
import { Aggregate } from './aggregate.js';
import { analyzeBatch } from './analyze-batch.js';
import { now, sumOf } from './batch-result.js';
import { IdentifierDictionary } from './identifier-dictionary.js';
import { SEGMENTS_PER_LANE } from './limits.js';
import { Planner } from './planner.js';
import type { RunOptions, RunResult, Snapshot } from './run.js';
import { addSegment, mergeSegments, newLane } from './timeline.js';
import { walk } from './walk.js';

/** Resolves with the map of the tree; lets the event loop turn between batches, so that a stop is seen. */
export async function runSerial(options: RunOptions): Promise<RunResult> {
  const { root, stop } = options;
  const startedAt = now();
  const aggregate = new Aggregate();
  const planner = new Planner(1);
  const dictionary = new IdentifierDictionary();
  const lane = newLane('serial', process.pid);
  lane.readyAt = 0;
  const state: Snapshot = { found: 0, foundBytes: 0, walking: true, files: 0, skipped: 0, bytes: 0, lines: 0 };
  options.watch(() => Promise.resolve({ ...state }));

  for (const event of walk(root)) {
    if ('skip' in event) {
      aggregate.addSkip(event.skip);
    } else {
      planner.add(event.file);
      state.found++;
      state.foundBytes += event.file.size;
    }
  }
  state.walking = false;
  const walkMs = now() - startedAt;

  await setImmediate();
  while (planner.size > 0 && !stop.aborted) {
    const files = planner.take();
    const result = analyzeBatch(
      root,
      files.map((file) => file.path),
      dictionary,
      { before: () => true },
    );
    aggregate.addBatch(0, files, result);
    const sum = sumOf(result);
    state.files += sum.files;
    state.skipped += sum.skipped;
    state.bytes += sum.bytes;
    state.lines += sum.lines;
    addSegment(lane, { start: result.startedAt - startedAt, end: result.endedAt - startedAt, files: files.length, bytes: sum.bytes });
    await setImmediate();
  }

  const map = aggregate.finish();
  return {
    map,
    mode: 'serial',
    workers: 0,
    elapsedMs: now() - startedAt,
    walkMs,
    partial: stop.aborted,
    notReached: planner.size,
    lanes: [{ ...lane, segments: mergeSegments(lane.segments, SEGMENTS_PER_LANE) }],
    lostWorkers: [],
    sharedTotalAgrees: null,
  };
}
