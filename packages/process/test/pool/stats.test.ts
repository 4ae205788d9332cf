import { Pool } from '@manycore/process';
import { until } from '@manycore/testing';
import { describe, expect, it } from 'vitest';
import * as tasks from '../fixtures/pool-tasks.mjs';
import * as facts from '../fixtures/worker-facts.mjs';
import { caught, gate, METHODS } from './helpers.js';

/** So many results, of which one is timed for all. */
const DECODED = 16;

/** How long a pool does not look. */
const LATE_MS = 1000;

/** A value whose encoding takes that long. */
const takesToRead = (ms: number): { readonly field: number } => ({
  get field() {
    facts.spin(ms);
    return ms;
  },
});

describe.each(METHODS)('Pool.stats, %s', (startMethod) => {
  it('has nothing but zeros before the first task, for each worker, and their processes', async () => {
    await using pool = new Pool(2, { startMethod });
    const { workers, ...rest } = pool.stats();
    expect(rest).toEqual({ queued: 0, running: 0, done: 0, failed: 0, latencyMs: { p50: 0, p90: 0, p99: 0, max: 0 } });
    expect(workers.map(({ id }) => id)).toEqual([1, 2]);
    for (const { pid, rssBytes, ...counts } of workers) {
      expect(pid).toBeGreaterThan(0);
      expect(rssBytes).toBeGreaterThan(0);
      expect(counts).toEqual({ id: counts.id, tasks: 0, busyMs: 0, waitMs: 0, startMs: 0, serializeMs: 0, restarts: 0 });
    }
  });

  it('counts tasks that wait, run, are done and have failed', async () => {
    await using pool = new Pool(1, { startMethod });
    using at = gate();
    const first = pool.apply(tasks.waitAt, [at.theirs, 1]);
    const others = [pool.apply(tasks.add, [1, 2]), pool.apply(tasks.fail, ['x'])];
    await at.begun();
    expect(pool.stats()).toMatchObject({ queued: 2, running: 1, done: 0, failed: 0 });
    await at.open();
    await Promise.allSettled([first, ...others]);
    expect(pool.stats()).toMatchObject({ queued: 0, running: 0, done: 2, failed: 1, workers: [{ tasks: 3 }] });
  });

  it('counts a chunk of a map as one task', async () => {
    await using pool = new Pool(2, { startMethod });
    await pool.map(tasks.double, Array.from({ length: 100 }, (_, i) => i), { chunkSize: 10 });
    const { done, workers } = pool.stats();
    expect([done, workers.reduce((sum, { tasks: count }) => sum + count, 0)]).toEqual([10, 10]);
  });

  it('measures the start, the work, the wait, the encoding and the latency in milliseconds', async () => {
    await using pool = new Pool(1, { startMethod });
    await Promise.all([pool.apply(facts.takes, [30]), pool.apply(facts.takes, [30]), pool.apply(tasks.echo, [new Uint8Array(1_000_000)])]);
    const { workers, latencyMs } = pool.stats();
    const { startMs, busyMs, waitMs, serializeMs, rssBytes } = workers[0]!;
    // No Node is smaller.
    expect(rssBytes).toBeGreaterThan(10_000_000);
    expect(startMs).toBeGreaterThan(0);
    // A timer of Node may fire one millisecond early.
    expect(busyMs).toBeGreaterThanOrEqual(58);
    expect(waitMs).toBeGreaterThanOrEqual(29);
    expect(serializeMs).toBeGreaterThan(0);
    expect(latencyMs.max).toBeGreaterThanOrEqual(58);
    expect(latencyMs.p50).toBeGreaterThanOrEqual(29);
    expect(latencyMs.p50).toBeLessThanOrEqual(latencyMs.p90);
    expect(latencyMs.p90).toBeLessThanOrEqual(latencyMs.p99);
    expect(latencyMs.p99).toBeLessThanOrEqual(latencyMs.max);
  });

  it('measures the start by when the worker was up, not by when the pool looked', async () => {
    using at = gate();
    const before = performance.now();
    await using pool = new Pool(1, { startMethod, initializer: tasks.sayBegun, initArgs: [at.theirs] });
    at.begunSync();
    const soon = performance.now() - before + LATE_MS / 2;
    facts.spin(LATE_MS);
    await pool.apply(tasks.add, [1, 2]);
    const { startMs } = pool.stats().workers[0]!;
    expect(startMs).toBeGreaterThan(0);
    expect(startMs).toBeLessThan(soon);
  });

  it('has the time of encoding inputs, of tasks that begin at once and of those that wait', async () => {
    await using pool = new Pool(1, { startMethod });
    using at = gate();
    const first = pool.apply(tasks.waitAt, [at.theirs, 1]);
    await at.begun();
    const waiting = Array.from({ length: 10 }, () => pool.apply(facts.sizeOf, [takesToRead(5)]));
    await at.open();
    await Promise.all([first, ...waiting]);
    const { serializeMs } = pool.stats().workers[0]!;
    expect(serializeMs).toBeGreaterThanOrEqual(50);
    await pool.apply(facts.sizeOf, [takesToRead(5)]);
    expect(pool.stats().workers[0]!.serializeMs).toBeGreaterThanOrEqual(serializeMs + 5);
    await pool.map(facts.sizeOf, [takesToRead(5), takesToRead(5)], { chunkSize: 2 });
    expect(pool.stats().workers[0]!.serializeMs).toBeGreaterThanOrEqual(serializeMs + 15);
  });

  it('has the time of decoding results', async () => {
    await using pool = new Pool(1, { startMethod });
    await pool.map(facts.takesToRebuild, Array<number>(DECODED).fill(5), { chunkSize: 1 });
    expect(pool.stats().workers[0]!.serializeMs).toBeGreaterThanOrEqual(5 * DECODED);
  });

  it('is still there, and has no processes any more, when the pool has ended', async () => {
    const pool = new Pool(2, { startMethod });
    await Promise.all([pool.apply(tasks.add, [1, 2]), pool.apply(tasks.add, [3, 4])]);
    await pool.terminate();
    const { workers, done } = pool.stats();
    expect(done).toBe(2);
    expect(workers.map(({ pid, rssBytes }) => [pid, rssBytes])).toEqual([[null, 0], [null, 0]]);
  });
});

describe('Pool.stats', () => {
  it('hands the numbers of a worker down to the process that replaces it', async () => {
    await using pool = new Pool(1, { startMethod: 'spawn' });
    const before = pool.stats().workers[0]!.pid;
    await pool.apply(tasks.add, [1, 2]);
    await caught(pool.apply(tasks.die));
    await pool.apply(tasks.add, [1, 2]);
    const { workers, done, failed } = pool.stats();
    expect([done, failed]).toEqual([2, 1]);
    expect(workers).toMatchObject([{ id: 1, tasks: 2, restarts: 1 }]);
    expect(workers[0]!.pid).not.toBe(before);
  });

  it('counts a task as running as long as its worker is at it, its caller having given it up', async () => {
    await using pool = new Pool(1, { graceMs: 60_000 });
    using at = gate();
    const controller = new AbortController();
    const result = pool.apply(tasks.waitAt, [at.theirs], { signal: controller.signal });
    await at.begun();
    controller.abort(new Error('enough'));
    await caught(result);
    expect(pool.stats()).toMatchObject({ running: 1, queued: 0, done: 0, failed: 1 });
    await at.open();
    await until(() => pool.stats().running === 0, { what: 'the task has ended' });
    expect(pool.stats()).toMatchObject({ done: 0, failed: 1 });
  });
});
