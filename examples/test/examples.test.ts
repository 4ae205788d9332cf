import { LONG, spawnFixture } from '@manycore/testing';
import { describe, expect, it } from 'vitest';
import { ProgramFolder } from './without-types.js';

/** The lines that an example prints. */
async function run(name: string): Promise<string[]> {
  using folder = new ProgramFolder();
  return await linesOf(folder.addFile(name, new URL(`../${name}.ts`, import.meta.url)));
}

async function linesOf(file: string | URL): Promise<string[]> {
  const fixture = spawnFixture(file, { timeout: 4 * LONG });
  await fixture.succeeded();
  const { stdout } = await fixture.done;
  return stdout.trimEnd().split('\n');
}

describe('examples', () => {
  it('process: the child names the main program as its parent', async () => {
    // Through tsx, as its reader would start it.
    const lines = await linesOf(new URL('../process.ts', import.meta.url));
    const main = lines[2]?.replace('process id: ', '');
    expect(lines).toEqual([
      'main line',
      'parent process: none',
      expect.stringMatching(/^process id: \d+$/),
      'function greet',
      `parent process: ${main}`,
      expect.stringMatching(/^process id: \d+$/),
      'hello bob',
    ]);
    expect(lines[5]).not.toBe(lines[2]);
  });

  it('queue: the reader gets everything in order and is ended', async () => {
    const lines = await run('queue');
    expect(lines.filter((line) => line.startsWith('put'))).toEqual(['put A to queue', 'put B to queue', 'put C to queue']);
    expect(lines.filter((line) => line.startsWith('get'))).toEqual(['get A from queue', 'get B from queue', 'get C from queue']);
    expect(lines.at(-1)).toBe('reader ended with -15');
  });

  it('lock: twenty whole lines', { timeout: 4 * LONG }, async () => {
    const lines = await run('lock');
    expect(lines.sort()).toEqual(Array.from({ length: 20 }, (_, number) => `hello world ${number}`).sort());
  });

  it('barrier: four processes together compute what one does alone', async () => {
    expect(await run('barrier')).toEqual([expect.stringMatching(/^4 processes, 500 steps: cell 10 has \d+\.\d\d degrees$/), 'the same as computed alone: true']);
  });

  it('pipe: the death of a worker is an end of file, and the next worker goes on', async () => {
    expect(await run('pipe')).toEqual(['[1,2,3] → [ 1, 2, 3 ]', 'poison → the worker was ended by SIGKILL', '{"a":1} → { a: 1 }', 'the last worker ended with 0']);
  });

  it('pool: a hundred squares in order', { timeout: 4 * LONG }, async () => {
    expect(await run('pool')).toEqual([Array.from({ length: 100 }, (_, x) => x * x).join(' ')]);
  });

  it('thread-executor: three numbers, each with its time', async () => {
    const lines = await run('thread-executor');
    expect(lines.map((line) => line.split(' ')[1])).toEqual(['1', '2', '3']);
    for (const line of lines) expect(new Date(line.split(' ')[0]!).getTime()).toBeGreaterThan(0);
  });

  it('downloads: all pages but the one that is missing, and then five in order', { timeout: 4 * LONG }, async () => {
    expect(await run('downloads')).toEqual(['404 for /13', '197 words', '1 2 3 4 5']);
  });

  it('prime-sieve: as many primes as there are', { timeout: 4 * LONG }, async () => {
    expect(await run('prime-sieve')).toEqual(['148933 primes below 2000000']);
  });

  it('bridges: the first result ends the other task', { timeout: 4 * LONG }, async () => {
    expect(await run('bridges')).toEqual(['3', 'one is enough']);
  });
});
