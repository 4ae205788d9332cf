import { readFileSync } from 'node:fs';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { describe, expect, inject, test } from 'vitest';

const { packages } = inject('release');

/**
 * What are-the-types-wrong tells of packages that are ES modules only, as ours are on purpose:
 * - a program that resolves modules as TypeScript did before `exports` (`node10`) finds nothing;
 * - a CommonJS file that requires one gets an ES module, which Node 20.19 and later can do.
 */
const intended = (problem: { kind: string; resolutionKind?: string }): boolean => problem.resolutionKind === 'node10' || problem.kind === 'CJSResolvesToESM';

describe.each(packages)('$name', ({ contents, tarball }) => {
  test('publint finds nothing to say about the manifest', async () => {
    const { messages, pkg } = await publint({ pkgDir: contents, pack: false, strict: true });
    expect(messages.map((message) => formatMessage(message, pkg))).toEqual([]);
  });

  test('the types are found and right wherever ES modules are resolved', async () => {
    const result = await checkPackage(createPackageFromTarballData(readFileSync(tarball)));
    expect(result.types).not.toBe(false);
    const problems = result.types === false ? [] : result.problems;
    expect(problems.filter((problem) => !intended(problem))).toEqual([]);
  });
});
