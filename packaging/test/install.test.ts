import { join } from 'node:path';
import { beforeAll, describe, expect, inject, test } from 'vitest';
import { install, packageManagers } from '../src/install.js';
import { program } from '../src/repository.js';
import { run } from '../src/run.js';

const { folder, registry } = inject('release');
const squares = '[1,4,9]\n';

describe.each(packageManagers)('installed by %s into an empty project, without running scripts', (manager) => {
  let project: string;
  beforeAll(async () => {
    project = await install(manager, join(folder, 'projects'), registry);
  });

  test('a pool runs a function of an ES module', async () => {
    expect(await run(process.execPath, ['main.mjs'], { cwd: project })).toBe(squares);
  });

  test('a pool runs a function of a CommonJS module, which gets the package by require()', async () => {
    expect(await run(process.execPath, ['main.cjs'], { cwd: project })).toBe(squares);
  });

  // Each takes seconds: the other way for pnpm, which lays out the files in another way.
  test.runIf(manager !== 'pnpm')('TypeScript resolves it as bundlers do, and the types hold', async () => {
    expect(await run(process.execPath, [program('typescript', 'bin/tsc'), '-p', 'typescript/tsconfig.bundler.json'], { cwd: project })).toBe('');
  });

  test.runIf(manager === 'pnpm')('TypeScript resolves it as Node does, and the declarations themselves have no error', async () => {
    expect(await run(process.execPath, [program('typescript', 'bin/tsc'), '-p', 'typescript'], { cwd: project })).toBe('');
  });
});
