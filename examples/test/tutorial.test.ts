import { readdirSync, readFileSync } from 'node:fs';
import { LONG, spawnFixture } from '@manycore/testing';
import { describe, expect, it } from 'vitest';
import { ProgramFolder } from './without-types.js';

const folder = new URL('../tutorial/', import.meta.url);
const files = readdirSync(folder);
const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');

/** Every program of the README, with the output that is printed below it. */
const programs = [...readme.matchAll(/^```ts\n(.*?)^```\n(.*?)^```\n(.*?)^```$/gms)].map(([, code, , output]) => ({ code: code as string, output: output as string }));

describe('the programs of the README', () => {
  it('are one of five lines, and the files of the tutorial', () => {
    expect(programs[0]?.code.trimEnd().split('\n')).toHaveLength(5);
    expect(programs.slice(1).map(({ code }) => code).sort()).toEqual(files.map((file) => readFileSync(new URL(file, folder), 'utf8')).sort());
    expect(files).toHaveLength(6);
  });

  it.each(files)('%s has at most 20 lines', (file) => {
    expect(readFileSync(new URL(file, folder), 'utf8').trimEnd().split('\n').length).toBeLessThanOrEqual(20);
  });

  it.each(programs.map(({ code, output }) => [/\/\*\* (.*) \*\//.exec(code)?.[1] ?? 'Five lines.', code, output] as const))('%s Prints what the README says', { timeout: 4 * LONG }, async (_title, code, output) => {
    using place = new ProgramFolder();
    await using program = spawnFixture(place.add('program', code), { timeout: 4 * LONG });
    const { stdout, stderr } = await program.succeeded();
    expect(stderr).toBe('');
    expect(stdout).toBe(output);
  });
});
