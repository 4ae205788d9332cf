import { readFileSync } from 'node:fs';
import { LONG, spawnFixture } from '@manycore/testing';
import { ProgramFolder } from '@manycore/testing/program-folder';
import { expect, it } from 'vitest';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const example = (name: string): URL => new URL(`../examples/${name}.ts`, import.meta.url);

async function outputOf(name: string): Promise<string> {
  using folder = new ProgramFolder(new URL('..', import.meta.url));
  await using fixture = spawnFixture(folder.addFile(name, example(name)), { timeout: 3 * LONG });
  return (await fixture.succeeded()).lines.join('\n');
}

it('the example of the README is the file in examples/, and prints what the README says', async () => {
  expect(readme).toContain(readFileSync(example('shared'), 'utf8'));
  expect(readme).toContain(await outputOf('shared'));
});

it('a class of the user is used by four processes', async () => {
  expect(await outputOf('counter')).toBe('be 2\nis 1\nnot 1\nor 1\nquestion 1\nthat 1\nthe 1\nto 2');
});

it('two programs share queues over TCP', async () => {
  expect(await outputOf('remote-queue')).toBe('2 squared is 4\n3 squared is 9\n4 squared is 16');
});
