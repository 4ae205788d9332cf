import { readFileSync } from 'node:fs';
import { spawnFixture } from '@manycore/testing';
import { ProgramFolder } from '@manycore/testing/program-folder';
import { expect, it } from 'vitest';

it('the example of the README is the file in examples/, and prints what the README says', async () => {
  const example = new URL('../examples/sums.ts', import.meta.url);
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  expect(readme).toContain(readFileSync(example, 'utf8'));
  using folder = new ProgramFolder(new URL('..', import.meta.url));
  await using fixture = spawnFixture(folder.addFile('sums', example));
  const { lines } = await fixture.succeeded();
  expect(lines).toHaveLength(6);
  expect(readme).toContain(lines.join('\n'));
});
