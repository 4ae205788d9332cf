import { describe, expect, it } from 'vitest';
import { project } from './project.js';

const strips = Boolean((process.features as { typescript?: unknown }).typescript);

const FILES = {
  'vitest.config.ts': `import { defineConfig } from 'vitest/config';
export default defineConfig({ test: { pool: process.env.POOL === 'threads' ? 'threads' : 'forks', testTimeout: 60_000 } });
`,
  'job.ts': 'export interface Job {\n  n: number;\n}\n',
  'scale.ts': 'export const scale = (n: number): number => n * 5;\n',
  'tasks.ts': `import { writeFileSync } from 'node:fs';
import { Process } from '@manycore/process';
import { task } from '@manycore/core';
import type { Job } from './job.ts';
import { scale } from './scale.ts';

export function exported({ n }: Job, file: string): void {
  writeFileSync(file, \`exported \${scale(n) satisfies number}\`);
}
export const declared = task(import.meta, 'declared', ({ n }: Job, file: string): void => writeFileSync(file, \`declared \${n}\`));
export async function nests(job: Job, file: string): Promise<void> {
  const child = new Process({ target: exported, args: [job, file] }).start();
  await child.join();
  if (child.exitCode !== 0) throw child.error;
}
export class Crew extends Process {
  file = '';
  override run(): void {
    writeFileSync(this.file, 'run');
    throw new RangeError('no job');
  }
}
export const scaled = (n: number): number => scale(n);
`,
  'tasks.test.ts': `import { readFileSync } from 'node:fs';
import { Pool, Process, ThreadPool } from '@manycore/process';
import { expect, it } from 'vitest';
import { Crew, declared, exported, nests, scaled } from './tasks.ts';

const file = new URL('./out.txt', import.meta.url).pathname;
async function outcome(child: Process<any>): Promise<string> {
  await child.start().join();
  if (child.error !== null) throw child.error;
  return readFileSync(file, 'utf8');
}
it('exported, and what it starts in turn', async () => expect(await outcome(new Process({ target: nests, args: [{ n: 3 }, file] }))).toBe('exported 15'));
it('thread', async () => expect(await outcome(new Process({ target: exported, args: [{ n: 4 }, file], startMethod: 'thread' }))).toBe('exported 20'));
it.each([Pool, ThreadPool])('task, and map in %o', async (Kind) => {
  await using pool = new Kind(1);
  await pool.apply(declared, [{ n: 2 }, file]);
  expect(readFileSync(file, 'utf8')).toBe('declared 2');
  expect(await pool.map(scaled, [1, 2])).toEqual([5, 10]);
});
it('class, and its failure', async () => {
  const error = await outcome(Object.assign(new Crew({ stdio: 'ignore' }), { file })).catch((thrown: Error) => thrown) as Error;
  expect(readFileSync(file, 'utf8')).toBe('run');
  expect(error).toBeInstanceOf(RangeError);
  expect(error.stack).toMatch(/tasks\\.ts:20/);
});
`,
};
const TIMEOUT = 180_000;
const RUN = ['node_modules/vitest/vitest.mjs', 'run', '--reporter=verbose'];
const env = { NO_COLOR: '1', FORCE_COLOR: undefined };

describe('the tests of a user in TypeScript under vitest start processes', { timeout: TIMEOUT }, () => {
  it.each(['forks', 'threads'])('whose targets are in TypeScript (pool: %s)', async (pool) => {
    using folder = project(FILES, { tools: strips ? ['vitest'] : ['vitest', 'tsx'] });
    await using running = folder.node(RUN, { env: { ...env, POOL: pool }, timeout: TIMEOUT });
    const { stdout, stderr, exitCode } = await running.done;
    expect(`${stdout}${stderr}`).toMatch(/Tests {2}5 passed \(5\)/);
    expect(exitCode).toBe(0);
  });

  // Node from 22.18 on needs no loader.
  it.skipIf(strips)('which fail with an error that says what to do when nothing can load their TypeScript', async () => {
    using folder = project(FILES, { tools: ['vitest'] });
    await using running = folder.node([...RUN, '-t', 'exported,'], { env, timeout: TIMEOUT });
    const { stdout, stderr, exitCode } = await running.done;
    expect(`${stdout}${stderr}`).toMatch(/TargetError: cannot import .*tasks\.ts.*It is TypeScript, which this Node.*install tsx.*test\.execArgv/);
    expect(exitCode).toBe(1);
  });

  it('with the loader that is named in its configuration', async () => {
    const files = { ...FILES, 'scale.ts': 'export enum Factor { Five = 5 }\nexport const scale = (n: number): number => n * Factor.Five;\n' };
    const config = `export default { test: { execArgv: ['--import', 'tsx'], testTimeout: 60_000 } };\n`;
    using folder = project({ ...files, 'vitest.config.ts': config }, { tools: ['vitest', 'tsx'] });
    await using running = folder.node(RUN, { env, timeout: TIMEOUT });
    const { stdout, stderr } = await running.done;
    expect(`${stdout}${stderr}`).toMatch(/Tests {2}5 passed \(5\)/);
  });
});
