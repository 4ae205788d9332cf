import { expect, test } from 'vitest';
// As built: the workers import these files, too.
import { IdentifierCounts } from '../../dist/identifiers/counts.js';
import { Crew } from '../../dist/parallel/crew.js';
import { Known } from '../../dist/parallel/known.js';
import { ParallelRun } from '../../dist/parallel/parallel-run.js';
import { tempTree } from '../support/temp-tree.js';

test('a worker that is killed while it has nothing to do is told of', async () => {
  const root = tempTree({ 'a.js': 'x;\n' });
  await using crew = new Crew(root, 2);
  const pidsOf = (): (number | null)[] => crew.pool.stats().workers.map(({ pid }) => pid);
  const before = pidsOf();
  process.kill(before[0]!, 'SIGKILL');
  // So that nobody gives it a task.
  await expect.poll(pidsOf).toEqual([expect.not.toBeOneOf(before), before[1]]);
  const state = { root, crew, known: new Known(), identifiers: new IdentifierCounts(false), runs: 1 };
  const result = await new ParallelRun(state, { stop: new AbortController().signal, observe: () => undefined }).run();
  expect(result.lostWorkers).toEqual([{ name: 'worker 1', pid: before[0], how: 'cause not known', filesPutBack: 0 }]);
  expect(result.map.totals.files).toBe(1);
});
