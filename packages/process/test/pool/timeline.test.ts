import { Pool, type Timeline, type TraceEvent } from '@manycore/process';
import { describe, expect, it } from 'vitest';
import { MOST_RUNS, RunRing } from '../../src/pool/run-ring.js';
import * as tasks from '../fixtures/pool-tasks.mjs';
import * as facts from '../fixtures/worker-facts.mjs';
import { caught, METHODS } from './helpers.js';

type Span = Required<TraceEvent>;

const spans = ({ traceEvents }: Timeline, cat?: string): Span[] => traceEvents.filter((event): event is Span => event.ph === 'X' && (cat === undefined || event.cat === cat));

/** What the trace viewers ask of it: known kinds, numbers where they belong, and nothing that overlaps in one row. */
function mustBeTrace(timeline: Timeline): void {
  expect(JSON.parse(JSON.stringify(timeline))).toEqual(timeline);
  expect(Object.keys(timeline)).toEqual(['traceEvents', 'displayTimeUnit']);
  const rows = new Map<string, number>();
  for (const event of timeline.traceEvents) {
    expect([typeof event.name, Number.isInteger(event.pid), Number.isInteger(event.tid)]).toEqual(['string', true, true]);
    if (event.ph === 'M') {
      expect(['process_name', 'thread_name', 'process_sort_index', 'thread_sort_index']).toContain(event.name);
      expect(event.args).toEqual(event.name.endsWith('_name') ? { name: expect.any(String) } : { sort_index: expect.any(Number) });
      continue;
    }
    expect(event.ph).toBe('X');
    expect(Number.isFinite(event.ts) && event.dur! >= 0).toBe(true);
    const row = `${event.pid} ${event.tid}`;
    // A nanosecond for the rounding.
    expect(event.ts!).toBeGreaterThanOrEqual((rows.get(row) ?? 0) - 0.002);
    rows.set(row, event.ts! + event.dur!);
  }
}

describe.each(METHODS)('Pool.timeline, %s', (startMethod) => {
  it('is a trace of the starts, tasks and idle times of each worker, by name', async () => {
    await using pool = new Pool(2, { startMethod, name: 'drawn' });
    await pool.map(facts.takes, [20, 20, 20, 20], { chunkSize: 1 });
    await pool.apply(tasks.add, [1, 2]);
    const timeline = pool.timeline();
    mustBeTrace(timeline);
    const pids = pool.stats().workers.map(({ id, pid }) => `${id} ${pid}`);
    for (const { pid, tid } of timeline.traceEvents) expect(pids).toContain(`${tid} ${pid}`);
    expect(timeline.traceEvents.filter(({ name }) => name === 'thread_name').map(({ args }) => args!['name']).toSorted()).toEqual(['drawn-1', 'drawn-2']);
    const done = spans(timeline, 'task');
    expect(done.map(({ name }) => name).toSorted()).toEqual(['add', 'takes', 'takes', 'takes', 'takes']);
    for (const { name, dur } of done) if (name === 'takes') expect(dur).toBeGreaterThanOrEqual(19_000);
    expect(new Set(done.map(({ args }) => args['taskId'])).size).toBe(5);
    const starts = spans(timeline, 'worker').filter(({ name }) => name === 'start');
    expect(starts.map(({ tid }) => tid).toSorted()).toEqual([1, 2]);
  });

  it('keeps many short tasks apart, in the order they ran', async () => {
    await using pool = new Pool(1, { startMethod });
    await Promise.all(Array.from({ length: 2000 }, (_, i) => pool.apply(tasks.add, [i, 1])));
    const timeline = pool.timeline();
    mustBeTrace(timeline);
    const ids = spans(timeline, 'task').map(({ args }) => args['taskId'] as number);
    expect(ids).toHaveLength(2000);
    expect(ids.every((id, i) => i === 0 || id > ids[i - 1]!)).toBe(true);
  });

  it('draws a worker that is not up yet, and none that has ended as idle', async () => {
    const pool = new Pool(1, { startMethod });
    mustBeTrace(pool.timeline());
    expect(spans(pool.timeline()).map(({ name }) => name)).toEqual(['start']);
    await pool.apply(tasks.add, [1, 2]);
    await pool.terminate();
    const timeline = pool.timeline();
    mustBeTrace(timeline);
    expect(spans(timeline).at(-1)!.name).toBe('add');
  });
});

describe('Pool.timeline', () => {
  it('gives each process of a worker a row of its own', async () => {
    await using pool = new Pool(1, { startMethod: 'spawn', maxTasksPerChild: 1 });
    const pids = [await pool.apply(tasks.pid), await pool.apply(tasks.pid)];
    await caught(pool.apply(tasks.die));
    const timeline = pool.timeline();
    mustBeTrace(timeline);
    expect(spans(timeline, 'task').map(({ name, pid }) => [name, pid])).toEqual(pids.map((pid) => ['pid', pid]));
  });

  it('begins at the clock of the system', async () => {
    const before = Number(process.hrtime.bigint()) / 1000;
    await using pool = new Pool(1);
    await pool.apply(tasks.add, [1, 2]);
    const after = Number(process.hrtime.bigint()) / 1000;
    const { ts, dur } = spans(pool.timeline(), 'task')[0]!;
    // Two clocks, and ticks of 10 µs.
    expect(ts).toBeGreaterThan(before - 100);
    expect(ts + dur).toBeLessThan(after + 100);
  });
});

describe('RunRing', () => {
  it('remembers the last so many, in their order', () => {
    const ring = new RunRing();
    expect([...ring]).toEqual([]);
    for (let i = 0; i < MOST_RUNS + 5; i++) ring.add(i + 0.25, 0.5, 1, 2, i);
    const runs = [...ring];
    expect(runs).toHaveLength(MOST_RUNS);
    expect(runs[0]).toEqual({ startMs: 5.25, durationMs: 0.5, life: 1, fn: 2, taskId: 5 });
    expect(runs.every(({ taskId }, i) => taskId === i + 5)).toBe(true);
  });

  it('loses nothing when it grows', () => {
    const ring = new RunRing();
    for (let i = 0; i < 5000; i++) ring.add(i, i, i, i, i);
    expect([...ring].map(({ life }) => life)).toEqual(Array.from({ length: 5000 }, (_, i) => i));
  });
});
