import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { spawnFixture } from '../src/index.js';

const example = new URL('../examples/broken-lock.ts', import.meta.url);
const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');

it('the example of the README is the file in examples/, and prints what the README says', async () => {
  expect(readme).toContain(readFileSync(example, 'utf8'));
  await using fixture = spawnFixture(example);
  const { stdout } = await fixture.succeeded();
  expect(stdout).toMatch(/^deadlock: /);
  expect(readme).toContain(stdout);
});
