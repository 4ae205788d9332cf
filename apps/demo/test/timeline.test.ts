import { expect, test } from 'vitest';
import type { Timeline } from 'manycore';
import { lanesOf, mergeSegments } from '../src/timeline.js';
import type { Segment } from '../src/timeline.js';

const segment = (start: number, end: number, first = ''): Segment => ({ start, end, files: 1, bytes: 10, first });

test('few segments stay as they are', () => {
  const list = [segment(0, 1), segment(2, 3)];
  expect(mergeSegments(list, 2)).toEqual(list);
});

test('the shortest pauses close first and what was done is kept', () => {
  const merged = mergeSegments([segment(0, 1, 'a'), segment(1.5, 2, 'b'), segment(9, 10, 'c'), segment(10, 11, 'd')], 2);
  expect(merged).toEqual([
    { start: 0, end: 2, files: 2, bytes: 20, first: 'a' },
    { start: 9, end: 11, files: 2, bytes: 20, first: 'c' },
  ]);
});

test('lanes show the starts and batches of this run; a worker that was replaced stays in its lane', () => {
  const span = (name: string, cat: string, pid: number, tid: number, ts: number, dur: number, taskId?: number): Timeline['traceEvents'][number] => ({
    ph: 'X',
    name,
    cat,
    ts,
    dur,
    pid,
    tid,
    ...(taskId === undefined ? {} : { args: { taskId } }),
  });
  const traceEvents = [
    span('start', 'worker', 5, 1, 80_000, 1_000),
    span('start', 'worker', 6, 1, 85_000, 1_000),
    span('start', 'worker', 7, 2, 100_000, 5_000),
    span('mapBatch', 'task', 7, 2, 106_000, 2_000, 41),
    span('idle', 'worker', 7, 2, 108_000, 3_000),
    span('start', 'worker', 8, 2, 111_000, 1_000),
    span('mapBatch', 'task', 6, 1, 90_000, 2_000, 40),
    span('findFiles', 'task', 6, 1, 101_000, 3_000, 39),
    span('mapBatch', 'task', 6, 1, 112_000, 4_000, 42),
  ];
  const batches = new Map([41, 42].map((id) => [id, { files: id, bytes: 2 * id, first: `f${id}` }]));
  const [first, second] = lanesOf({ traceEvents, displayTimeUnit: 'ms' }, 100, batches);
  expect(first).toMatchObject({ name: 'worker 1', pids: [5, 6], starts: [], deaths: [], walks: [{ start: 1, end: 4 }], files: 42, busyMs: 4, segments: [{ start: 12, end: 16, first: 'f42' }] });
  expect(second).toMatchObject({
    name: 'worker 2',
    pids: [7, 8],
    deaths: [{ pid: 7, at: 11 }],
    starts: [
      { start: 0, end: 5 },
      { start: 11, end: 12 },
    ],
    segments: [{ start: 6, end: 8, files: 41 }],
  });
});
