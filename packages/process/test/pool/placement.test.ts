/** Where and when the system lets workers run: CPUs and priorities. */
import { getPriority } from 'node:os';
import { readdirSync } from 'node:fs';
import { Pool } from '@manycore/process';
import { describe, expect, it } from 'vitest';
import * as facts from '../fixtures/worker-facts.mjs';
import { caught, METHODS } from './helpers.js';

/** CPUs of the workers of a pool, in the order of their numbers. */
async function cpusOf(pool: Pool, workers: number): Promise<string[]> {
  const seen = new Map<number, string>();
  while (seen.size < workers) for (const [id, cpus] of await pool.map(facts.idAndCpus, Array.from({ length: workers * 4 }, () => 0), { chunkSize: 1 })) seen.set(id, cpus);
  return [...seen].toSorted(([a], [b]) => a - b).map(([, cpus]) => cpus);
}

describe.each(METHODS)('affinity, %s', (startMethod) => {
  it('as one list is for each worker, and for none of the pool itself', async () => {
    const own = facts.cpus();
    await using pool = new Pool(2, { startMethod, affinity: [1] });
    expect(await cpusOf(pool, 2)).toEqual(['1', '1']);
    expect(facts.cpus()).toBe(own);
  });

  it('as a list of lists is for one worker each, dealt out in turn', async () => {
    await using pool = new Pool(3, { startMethod, affinity: [[0], [1]] });
    expect(await cpusOf(pool, 3)).toEqual(['0', '1', '0']);
  });

  it('holds for the process that replaces one', async () => {
    await using pool = new Pool(1, { startMethod, affinity: [[1]], maxTasksPerChild: 1 });
    for (let i = 0; i < 3; i++) expect(await pool.apply(facts.cpus)).toBe('1');
  });
});

describe.each(METHODS)('nice, %s', (startMethod) => {
  it('is the priority of workers, from before the initializer on, and not of the pool', async () => {
    const own = getPriority(0);
    await using pool = new Pool(2, { startMethod, nice: own + 5, initializer: facts.notePriority });
    expect(await pool.map(facts.priority, [1, 2, 3, 4], { chunkSize: 1 })).toEqual([1, 2, 3, 4].map(() => own + 5));
    expect(await pool.apply(facts.notedPriority)).toBe(own + 5);
    expect(getPriority(0)).toBe(own);
  });

  it('stays as it is without the option', async () => {
    await using pool = new Pool(1, { startMethod });
    expect(await pool.apply(facts.priority)).toBe(getPriority(0));
  });
});

describe('nice', () => {
  it.each(['spawn', 'forkserver'] as const)('holds for all threads of a process, %s', async (startMethod) => {
    const nice = getPriority(0) + 5;
    await using pool = new Pool(1, { startMethod, nice });
    await pool.apply(facts.priority);
    const tids = readdirSync(`/proc/${pool.stats().workers[0]!.pid}/task`).map(Number);
    expect(tids.length).toBeGreaterThan(1);
    expect(tids.map((tid) => getPriority(tid))).toEqual(tids.map(() => nice));
  });

  it('of a thread is that of no other thread of the process', async () => {
    const nice = getPriority(0) + 5;
    await using pool = new Pool(1, { startMethod: 'thread', nice });
    await pool.apply(facts.priority);
    const priorities = readdirSync('/proc/self/task').map((tid) => getPriority(Number(tid)));
    expect(priorities.filter((priority) => priority === nice)).toHaveLength(1);
  });
});

describe('are refused early when they are not what they should be', () => {
  it.each([
    ['affinity', 5, TypeError],
    ['affinity', '0', TypeError],
    ['affinity', ['0'], TypeError],
    ['affinity', [[0], 1], TypeError],
    ['affinity', [[0.5]], TypeError],
    ['affinity', [], RangeError],
    ['affinity', [[0], []], RangeError],
    ['affinity', [8191], RangeError],
    ['affinity', [[0], [8191]], RangeError],
    ['nice', '5', TypeError],
    ['nice', NaN, TypeError],
    ['nice', null, TypeError],
    ['nice', 0.5, RangeError],
    ['nice', 20, RangeError],
    ['nice', -21, RangeError],
  ] as const)('%s: %j', (option, value, error) => {
    expect(() => new Pool(1, { [option]: value })).toThrow(error);
    expect(() => new Pool(1, { [option]: value })).toThrow(new RegExp(`new Pool\\(\\{ ${option} \\}\\)`));
  });

  it('a priority that the system does not give, with its reason', async () => {
    // What is stepped back from cannot be taken again without a right, which a root user has.
    const own = getPriority(0);
    await using pool = new Pool(1, { startMethod: 'spawn', nice: own + 5 });
    const outcome = await pool.apply(facts.poolWithNice, [own]).then(
      () => 'given',
      (error: unknown) => error,
    );
    if (process.getuid?.() === 0) expect(['given', expect.objectContaining({ name: 'RangeError' })]).toContainEqual(outcome);
    else expect(await caught(Promise.reject(outcome as Error))).toMatchObject({ name: 'RangeError', message: expect.stringContaining('CAP_SYS_NICE'), cause: expect.any(Error) });
  });
});
