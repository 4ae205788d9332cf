import { readdirSync, readFileSync, existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { spawnFixture } from '@manycore/testing';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const readmes = ['README.md', ...readdirSync(join(root, 'packages')).map((name) => `packages/${name}/README.md`)].filter((file) => existsSync(join(root, file)));

/** The first TypeScript block that imports from a package of ours: a complete program. */
function exampleOf(file: string): string | undefined {
  const blocks = readFileSync(join(root, file), 'utf8').matchAll(/^```ts\n(.*?)^```$/gms);
  return [...blocks].map((block) => block[1] as string).find((code) => /from '(manycore|@manycore\/(core|sync|queues|process))'/.test(code));
}

/** What its lines say that they print. */
const promised = (code: string): string[] => [...code.matchAll(/console\.log\(.*\); \/\/ (.+)$/gm)].map((match) => match[1] as string).filter((text) => !text.startsWith('ends at once'));

describe('the example of a README', () => {
  it.each(readmes.filter((file) => exampleOf(file) !== undefined))('%s prints what it says', async (file) => {
    const code = exampleOf(file) as string;
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

  it('is there for every package that is published', () => {
    expect(readmes.filter((file) => exampleOf(file) !== undefined).length).toBeGreaterThanOrEqual(5);
  });
});
