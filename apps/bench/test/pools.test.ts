import { afterEach, describe, expect, it, vi } from 'vitest';
import { contenders } from '../src/contender/all.js';
import type { Command } from '../src/contender/contender.js';
import { meanPrivateBytes } from '../src/program/private-memory.js';
import { measurePool } from '../src/program/pools/measure.js';
import { mustBeStamped, stamp } from '../src/program/pools/stamps.js';
import type { TaskPool } from '../src/program/pools/task-pool.js';
import { findPythons } from '../src/pythons.js';
import { measure } from '../src/run/measure.js';
import { acceptOutcome } from '../src/run/outcome.js';
import { executorScenarios } from '../src/scenario/executor.js';
import { poolScenarios } from '../src/scenario/pool.js';
import { poolWork, type PoolStep, type PoolWork } from '../src/scenario/pool-work.js';
import type { Scenario } from '../src/scenario/scenario.js';
import { scenario } from './builders.js';

const SLOW_MS = 60_000;
const BYTES = 2 ** 20;

/** A row with next to nothing to do. */
function little(row: Scenario): PoolWork {
  const work = poolWork(row.work(true)) as PoolWork;
  return work.step === 'memory' || work.operations === 1 ? work : { ...work, operations: work.step === 'tasks' || work.step === 'map' ? 200 : 3, warmup: 2 };
}

/** The rows in which every contender is run here; in the others manycore and one CPython. */
const IN_FULL = ['pool-64', 'threadpool-64'];

/** Programs are run as they were built: Node does not load them from `src`, where this test has their addresses from. */
const built = (command: Command): Command => ({ ...command, args: command.args.map((arg) => arg.replace('/bench/src/', '/bench/dist/')) });

const everybody = contenders(findPythons().slice(-1));
const takesPart = [...poolScenarios, ...executorScenarios].flatMap((row) => everybody.flatMap((contender) => {
  const command = contender.command(little(row));
  return command === undefined ? [] : [{ id: row.id, name: contender.name, family: contender.family, row, command: built(command) }];
}));
const runs = takesPart.filter(({ id, name, family }) => family !== 'node' || IN_FULL.includes(id) || name === 'bare idle node');

describe('a pool row', () => {
  const mustCount = async ({ row, command }: (typeof runs)[number]): Promise<void> => {
    const work = little(row);
    const outcome = acceptOutcome(await measure(command), row, work);
    expect(outcome.evidence.checked).toBe(work.operations);
    if (row.figure !== undefined) expect(row.figure.of(outcome)).toBeGreaterThan(BYTES / 4);
  };

  it.each(runs.filter(({ family }) => family !== 'node'))('counts for $name in $id', { timeout: SLOW_MS }, mustCount);

  // Pools of other people may lose a task (poolifier with threads ended once with its promise pending): a measurement voids their row for it.
  it.each(runs.filter(({ family }) => family === 'node'))('counts for $name in $id', { timeout: SLOW_MS, retry: 2 }, mustCount);

  it.each(['pool-64', 'pool-map-1e5', 'pool-1m', 'pool-memory'])('%s has the process pools of Node, and no thread pool', (id) => {
    const names = takesPart.filter((run) => run.id === id).map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['manycore', 'tinypool, child_process', 'workerpool, process', 'poolifier, cluster', 'jest-worker', 'fork IPC in turn, advanced']));
    expect(names).not.toContain('piscina');
  });

  it.each(['threadpool-64', 'threadpool-apply', 'threadpool-1m', 'threadpool-1m-transfer'])('%s has the thread pools of Node, and no process pool', (id) => {
    const names = takesPart.filter((run) => run.id === id).map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['manycore', 'piscina', 'tinypool, worker_threads', 'workerpool, thread', 'postMessage in turn']));
    expect(names).not.toContain('jest-worker');
  });
});

describe('what is done with a pool', () => {
  const honest: TaskPool = { run: (_, value) => Promise.resolve(value), close: () => Promise.resolve() };
  const rowOf: Readonly<Record<PoolStep, string>> = {
    map: 'pool-map-chunk1', tasks: 'pool-64', bytes: 'pool-1m', moved: 'threadpool-1m-transfer', first: 'pool-first', memory: 'pool-memory',
  };
  const answered = (step: PoolStep, pool: Partial<TaskPool>): Promise<void> => measurePool(little(scenario(rowOf[step])), () => ({ ...honest, ...pool }), undefined);
  const sumsBut = (wrong: number) => (_: string, x: unknown): Promise<unknown> => Promise.resolve(x === wrong ? x : (x as number) + 1);

  it('is refused at one wrong result of a map', async () => {
    await expect(answered('map', { run: sumsBut(150) })).rejects.toThrow('150 came where 151 was due');
    await expect(answered('map', { map: (values) => Promise.resolve(values.map((x) => (x === 100 ? 7 : x + 1))) })).rejects.toThrow('7 came where 101 was due');
  });

  it('is refused at one wrong result of a task', async () => {
    await expect(answered('tasks', { run: sumsBut(150) })).rejects.toThrow('150 came where 151 was due');
    await expect(answered('first', { run: sumsBut(0) })).rejects.toThrow('0 came where 1 was due');
  });

  it('is refused when other bytes come back', async () => {
    await expect(answered('bytes', { run: () => Promise.resolve(new Uint8Array(BYTES)) })).rejects.toThrow('arrived as');
    await expect(answered('moved', { move: (bytes) => Promise.resolve(bytes.fill(0)) })).rejects.toThrow('came back with 0');
    await expect(answered('moved', {})).rejects.toThrow('cannot move memory');
  });

  afterEach(() => void vi.useRealTimers());

  it('is refused when one process does the tasks of two', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    let asked = 0;
    const run = (): Promise<unknown> => {
      asked++;
      vi.advanceTimersByTime(1_000);
      return Promise.resolve(process.pid);
    };
    await expect(answered('memory', { run })).rejects.toThrow('1 processes did the tasks of a pool of 2');
    // Not before half a minute: on a busy machine one process may answer many questions.
    expect(asked).toBeGreaterThanOrEqual(30);
  });
});

describe('stamped bytes', () => {
  const stamped = (number: number): Uint8Array => {
    const bytes = new Uint8Array(BYTES);
    stamp(bytes, number);
    return bytes;
  };

  it('are known again after a way through another memory', () => {
    for (let i = 0; i < 20; i++) mustBeStamped(structuredClone(stamped(i)), i);
  });

  it.each([['first', 0], ['last', BYTES - 1]])('are refused when the %s byte is another', (_, at) => {
    const bytes = stamped(5);
    bytes[at] = (bytes[at] as number) ^ 1;
    expect(() => mustBeStamped(bytes, 5)).toThrow(`Bytes 5 came back with ${bytes[at]} at ${at}`);
  });

  it('are refused with the number before or after, or another length', () => {
    expect(() => mustBeStamped(stamped(4), 5)).toThrow('came back with');
    expect(() => mustBeStamped(stamped(6), 5)).toThrow('came back with');
    expect(() => mustBeStamped(stamped(5).subarray(1), 5)).toThrow('another length');
    expect(() => mustBeStamped(undefined, 5)).toThrow('another thing');
  });
});

describe.skipIf(process.platform !== 'linux')('private memory (skipped where there is no /proc)', () => {
  it('grows with what a process writes', () => {
    const before = meanPrivateBytes([process.pid]);
    const written = Buffer.alloc(64 * BYTES, 1);
    expect(meanPrivateBytes([process.pid]) - before).toBeGreaterThan(written.length / 2);
  });

  it('is not guessed for a process that is gone', () => {
    expect(() => meanPrivateBytes([2 ** 22 + 1])).toThrow('ENOENT');
  });
});
