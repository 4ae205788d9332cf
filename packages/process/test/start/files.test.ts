/** Every file more that a child has to find and read costs each start of one. */
import { readFileSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { entryFile } from '../../src/entry-url.js';

const packages = fileURLToPath(new URL('../../../', import.meta.url));

/** The file and all that it imports, as they are built. */
function filesOf(file: string, found = new Set<string>()): string[] {
  if (found.has(file)) return [];
  found.add(file);
  for (const [, specifier] of readFileSync(file, 'utf8').matchAll(/^(?:import|export) .*?from ['"](.*)['"];$/gm)) filesOf(realpathSync(createRequire(file).resolve(specifier!)), found);
  return [...found].map((path) => relative(packages, path)).sort();
}

it('a child whose target needs core reads two files for it', () => {
  expect(filesOf(entryFile('full.js'))).toEqual(['core/dist/internal.js', 'process/dist/entry/full.js']);
});

it('a worker of a pool reads two more', () => {
  expect(filesOf(entryFile('pool-worker.js'))).toEqual(['core/dist/internal.js', 'process/dist/entry/full.js', 'process/dist/entry/pool-worker.js', 'queues/dist/internal.js']);
});
