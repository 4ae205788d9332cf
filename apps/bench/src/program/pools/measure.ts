/** What is done with a pool, the same for every contender; `python/pool_*.py` does the same. */
import { setTimeout as rest } from 'node:timers/promises';
import type { PoolWork } from '../../scenario/pool-work.js';
import { itemsOf, mustBeSame, type Items } from '../items.js';
import { now, report } from '../protocol.js';
import { meanPrivateBytes } from '../private-memory.js';
import { everyPid } from './pids.js';
import { mustBeStamped, stamp } from './stamps.js';
import type { OpenPool, TaskPool } from './task-pool.js';

/** Does operations from number `from` on. @returns how many results were compared with what was due. */
type Steps = (pool: TaskPool, work: PoolWork, from: number, count: number) => Promise<number>;

export async function measurePool(work: PoolWork, open: OpenPool, variant: string | undefined): Promise<void> {
  switch (work.step) {
    case 'map': return measureSteps(work, open, variant, mapAll);
    case 'tasks': return measureSteps(work, open, variant, runTasks);
    case 'bytes': return measureSteps(work, open, variant, sendBytes(itemsOf('bytes1m')));
    case 'moved': return measureSteps(work, open, variant, moveBytes);
    case 'first': return measureFirst(work, open, variant);
    case 'memory': return measureMemory(work, open, variant);
  }
}

async function measureSteps(work: PoolWork, open: OpenPool, variant: string | undefined, steps: Steps): Promise<void> {
  const pool = open(work, variant);
  await steps(pool, work, 0, work.warmup);
  const start = now();
  const checked = await steps(pool, work, work.warmup, work.operations);
  const elapsed = now() - start;
  await pool.close();
  report(work, elapsed, { checked });
}

async function mapAll(pool: TaskPool, work: PoolWork, from: number, count: number): Promise<number> {
  let checked = 0;
  while (checked < count) checked += await mapOnce(pool, work, from + checked, Math.min(count - checked, work.mapSize ?? count));
  return checked;
}

async function mapOnce(pool: TaskPool, { chunkSize }: PoolWork, from: number, count: number): Promise<number> {
  const values = Array.from({ length: count }, (_, i) => from + i);
  const results = await (pool.map?.(values, chunkSize) ?? Promise.all(values.map((value) => pool.run('addOne', value))));
  let checked = 0;
  for (const result of results) mustBe(result, from + ++checked);
  return checked;
}

async function runTasks(pool: TaskPool, { inFlight }: PoolWork, from: number, count: number): Promise<number> {
  let next = from;
  let checked = 0;
  const lane = async (): Promise<void> => {
    while (next < from + count) {
      const x = next++;
      mustBe(await pool.run('addOne', x), x + 1);
      checked++;
    }
  };
  await Promise.all(Array.from({ length: inFlight }, lane));
  return checked;
}

/** The items are made before any clock starts: making them takes as long as sending hundreds. */
function sendBytes(items: Items): Steps {
  return async (pool, _work, from, count) => {
    for (let i = from; i < from + count; i++) mustBeSame(items, await pool.run('echo', items.make(i)), i);
    return count;
  };
}

async function moveBytes(pool: TaskPool, _work: PoolWork, from: number, count: number): Promise<number> {
  if (pool.move === undefined) throw new Error('This pool cannot move memory.');
  let bytes = new Uint8Array(2 ** 20);
  for (let i = from; i < from + count; i++) {
    stamp(bytes, i);
    bytes = mustBeStamped(await pool.move(bytes), i);
  }
  return count;
}

async function measureFirst(work: PoolWork, open: OpenPool, variant: string | undefined): Promise<void> {
  let elapsed = 0n;
  for (let i = 0; i < work.warmup + work.operations; i++) {
    if (work.pauseMs !== undefined) await rest(work.pauseMs);
    const start = now();
    const pool = open(work, variant);
    mustBe(await pool.run('addOne', i), i + 1);
    if (i >= work.warmup) elapsed += now() - start;
    await pool.close();
  }
  report(work, elapsed, { checked: work.operations });
}

async function measureMemory(work: PoolWork, open: OpenPool, variant: string | undefined): Promise<void> {
  const pool = open(work, variant);
  const start = now();
  const pids = await everyPid(pool, work.workers);
  const elapsed = now() - start;
  await rest(work.pauseMs);
  const bytes = meanPrivateBytes(pids);
  await pool.close();
  report(work, elapsed, { checked: pids.length }, { bytes });
}

function mustBe(result: unknown, expected: number): void {
  if (result !== expected) throw new Error(`${String(result)} came where ${expected} was due.`);
}
