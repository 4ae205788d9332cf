import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, inject, test } from 'vitest';
import { problemsOf } from '../../packages/core/scripts/check-prebuilds.mjs';
import { TARGETS } from '../../packages/core/scripts/native.mjs';
import { readManifest } from '../src/repository.js';

const { packages } = inject('release');

const always = ['package.json', 'README.md', 'CHANGELOG.md', 'LICENSE', 'dist'];
const native = ['prebuilds', 'native', 'scripts'];

const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => statSync(join(folder, path)).isFile())
    .sort();

const hooks = ['preinstall', 'install', 'postinstall', 'prepare'];

describe.each(packages)('the tarball of $name', ({ name, contents }) => {
  const files = filesIn(contents);
  const manifest = readManifest(contents);

  test('has a license, a README, a changelog, what was built, and nothing that is not on the list', () => {
    const tops = [...new Set(files.map((path) => path.split('/')[0]))].sort();
    expect(tops).toEqual([...always, ...(name === '@manycore/core' ? native : [])].sort());
    expect(files.filter((path) => path.startsWith('dist/') && !/\.(js|cjs|d\.ts|map)$/.test(path))).toEqual([]);
    expect(files.filter((path) => path.startsWith('native/') && !/\.[ch]$/.test(path))).toEqual([]);
    expect(files.filter((path) => /\.test\.|tsbuildinfo|binding\.gyp|node_modules/.test(path))).toEqual([]);
  });

  test('runs nothing when it is installed, and depends on what a registry has', () => {
    expect(Object.keys(manifest.scripts ?? {}).filter((script) => hooks.includes(script))).toEqual([]);
    const text = readFileSync(join(contents, 'package.json'), 'utf8');
    expect(text).not.toMatch(/workspace:|catalog:|link:|file:/);
    const internal = Object.entries(manifest.dependencies ?? {}).filter(([dependency]) => packages.some((other) => other.name === dependency));
    for (const [dependency, range] of internal) expect(range).toBe(`^${packages.find((other) => other.name === dependency)!.version}`);
  });

  test('has every file that its manifest names', () => {
    const named = [...readFileSync(join(contents, 'package.json'), 'utf8').matchAll(/: "\.\/([^"]+)"/g)].map((match) => match[1]!);
    expect(named.filter((path) => !files.includes(path))).toEqual([]);
  });

  test('has source maps that bring their sources, as the sources are not in it', () => {
    const maps = files.filter((path) => path.endsWith('.map'));
    for (const path of maps) {
      const { sources, sourcesContent } = JSON.parse(readFileSync(join(contents, path), 'utf8')) as { sources: string[]; sourcesContent?: (string | null)[] };
      expect(sources.filter((_, index) => typeof sourcesContent?.[index] !== 'string'), path).toEqual([]);
    }
    const linked = files.filter((path) => path.endsWith('.js')).flatMap((path) => [...readFileSync(join(contents, path), 'utf8').matchAll(/^\/\/# sourceMappingURL=(.+)$/gm)].map((match) => join(path, '..', match[1]!)));
    expect(linked.filter((path) => !files.includes(path))).toEqual([]);
    // Every map of a declaration would point to a source that is not there.
    expect(maps.filter((path) => path.endsWith('.d.ts.map'))).toEqual([]);
  });

  test('names no folder of the machine that built it', () => {
    const here = relative('/', join(import.meta.dirname, '../..'));
    expect(files.filter((path) => /\.(js|cjs|map|json|d\.ts)$/.test(path) && readFileSync(join(contents, path), 'utf8').includes(`/${here}/`))).toEqual([]);
  });
});

describe('binaries', () => {
  const { contents } = packages.find(({ name }) => name === '@manycore/core')!;
  const folders = readdirSync(join(contents, 'prebuilds'));

  test('there is one for the machine of this checkout, and none that a release does not know', () => {
    expect(folders.length).toBeGreaterThan(0);
    expect(folders.filter((folder) => !TARGETS.some((target) => target.folder === folder))).toEqual([]);
  });

  test('with those of all machines, each is what it should be', ({ skip }) => {
    if (folders.length < TARGETS.length) skip('this checkout has only its own');
    for (const target of TARGETS) expect(problemsOf(target, readFileSync(join(contents, 'prebuilds', target.folder, 'manycore.node'))), target.folder).toEqual([]);
  });
});
