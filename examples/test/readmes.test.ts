import { readdirSync, readFileSync, existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { spawnFixture } from '@manycore/testing';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const readmes = ['README.md', ...readdirSync(join(root, 'packages')).map((name) => `packages/${name}/README.md`)].filter((file) => existsSync(join(root, file)));

/** The TypeScript blocks that import from a package of ours: complete programs. */
function examplesOf(file: string): string[] {
  const blocks = readFileSync(join(root, file), 'utf8').matchAll(/^```ts\n(.*?)^```$/gms);
  return [...blocks].map((block) => block[1] as string).filter((code) => /from '(manycore|@manycore\/(core|sync|shared|queues|process|futures))'/.test(code));
}
const examples = readmes.flatMap((file) => examplesOf(file).map((code, index) => [`${file}, ${index + 1}.`, code] as const));

/** What its lines say that they print. */
const promised = (code: string): string[] => [...code.matchAll(/console\.log\(.*\); \/\/ (.+)$/gm)].map((match) => match[1] as string).filter((text) => !text.startsWith('ends at once'));

describe('the examples of the READMEs', () => {
  it.each(examples)('%s prints what it says', async (_where, code) => {
    // Beside the examples, where every package can be imported.
    const folder = await mkdtemp(join(root, 'examples', '.readme-'));
    try {
      await writeFile(join(folder, 'example.ts'), code);
      const run = spawnFixture(join(folder, 'example.ts'), { execArgv: ['--import', 'tsx'] });
      await run.succeeded();
      const { stdout, stderr } = await run.done;
      expect(stderr).toBe('');
      const lines = stdout.split('\n');
      for (const text of promised(code)) expect(lines).toContain(text);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('are there for every package that is published', () => {
    expect(readmes.filter((file) => examplesOf(file).length > 0).length).toBeGreaterThanOrEqual(5);
  });
});
