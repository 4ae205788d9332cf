import { readFileSync } from 'node:fs';
import { spawnFixture } from '@manycore/testing';
import { ProgramFolder } from '@manycore/testing/program-folder';
import { expect, it } from 'vitest';

const example = new URL('../examples/primes.ts', import.meta.url);
const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

it('the example of the README is the file in examples/, and prints what the README says', async () => {
  expect(readme).toContain(readFileSync(example, 'utf8'));
  using folder = new ProgramFolder(new URL('..', import.meta.url));
  await using fixture = spawnFixture(folder.addFile('primes', example));
  const { lines } = await fixture.succeeded();
  expect(lines).toHaveLength(3);
  for (const line of lines) expect(readme).toContain(line);
});

it('so is that of the pool', async () => {
  const pool = new URL('../examples/pool.ts', import.meta.url);
  expect(readme).toContain(readFileSync(pool, 'utf8'));
  using folder = new ProgramFolder(new URL('..', import.meta.url));
  await using fixture = spawnFixture(folder.addFile('pool', pool));
  const { lines } = await fixture.succeeded();
  expect(readme).toContain(lines.join('\n'));
  expect(lines).toHaveLength(3);
});
