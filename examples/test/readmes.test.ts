import { readdirSync, readFileSync, existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { spawnFixture } from '@manycore/testing';
import { describe, expect, it } from 'vitest';
import { ProgramFolder } from './without-types.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
// That of the repository is tried with the tutorial.
const readmes = readdirSync(join(root, 'packages')).map((name) => `packages/${name}/README.md`).filter((file) => existsSync(join(root, file)));

/** The TypeScript blocks that import from a package of ours: complete programs. */
function examplesOf(file: string): string[] {
  const blocks = readFileSync(join(root, file), 'utf8').matchAll(/^```ts\n(.*?)^```$/gms);
  return [...blocks].map((block) => block[1] as string).filter((code) => /from '(manycore|@manycore\/(core|sync|shared|queues|process|futures))'/.test(code));
}
/** Those that are files of `examples` in their package are tried by its own tests. */
const isTriedThere = (readme: string, code: string): boolean => {
  const folder = join(root, dirname(readme), 'examples');
  return existsSync(folder) && readdirSync(folder).some((name) => readFileSync(join(folder, name), 'utf8') === code);
};
const examples = readmes.flatMap((file) => examplesOf(file).map((code, index) => [`${file}, ${index + 1}.`, code] as const).filter(([, code]) => !isTriedThere(file, code)));

/** What its lines say that they print. */
const promised = (code: string): string[] => [...code.matchAll(/console\.log\(.*\); \/\/ (.+)$/gm)].map((match) => match[1] as string).filter((text) => !text.startsWith('ends at once'));

describe('the examples of the READMEs', () => {
  it.each(examples)('%s prints what it says', async (_where, code) => {
    using folder = new ProgramFolder();
    const run = spawnFixture(folder.add('example', code));
    await run.succeeded();
    const { stdout, stderr } = await run.done;
    expect(stderr).toBe('');
    const lines = stdout.split('\n');
    for (const text of promised(code)) expect(lines).toContain(text);
  });

  it('are there for every package that is published', () => {
    expect(readmes.filter((file) => examplesOf(file).length > 0).length).toBeGreaterThanOrEqual(5);
  });
});
