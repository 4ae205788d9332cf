import { cpSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject, test } from 'vitest';
import { publishable, readManifest, root } from '../src/repository.js';
import { run } from '../src/run.js';

const { copy, packages, registry } = inject('release');

const before = publishable(root).map(({ manifest }) => manifest);
const pending = readdirSync(join(root, '.changeset'))
  .filter((name) => name.endsWith('.md') && name !== 'README.md')
  .map((name) => readFileSync(join(root, '.changeset', name), 'utf8'));
const isPending = (name: string): boolean => pending.some((text) => new RegExp(`^['"]?${name}['"]?: (patch|minor|major)$`, 'm').test(text));

test('a release uses up the pending changesets', () => {
  expect(readdirSync(join(copy, '.changeset')).sort()).toEqual(['README.md', 'config.json']);
});

test('every package that is not private has been published, with its tag', async () => {
  const tags = (await run('git', ['tag'], { cwd: copy })).trim().split('\n').sort();
  expect(tags).toEqual(packages.map(({ name, version }) => `${name}@${version}`).sort());
});

describe.each(before)('$name', ({ name, version }) => {
  const released = packages.find((one) => one.name === name)!;

  test.runIf(isPending(name))('has a new version, and a changelog that begins with it', () => {
    expect(released.version).not.toBe(version);
    expect(readFileSync(join(released.folder, 'CHANGELOG.md'), 'utf8')).toMatch(new RegExp(`^# ${name}\n\n## ${released.version.replaceAll('.', '\\.')}\n\n### (Major|Minor|Patch) Changes\n\n- `));
  });

  test('is what the registry answers with', async () => {
    const answer = (await (await fetch(`${registry.url}${name}`)).json()) as { 'dist-tags': Record<string, string> };
    expect(answer['dist-tags']).toEqual({ latest: released.version });
  });
});

test('private packages get no version of a release, and no changelog', () => {
  expect(existsSync(join(copy, 'packages/testing/CHANGELOG.md'))).toBe(false);
});

test('core is not published without the binaries of all machines', async () => {
  const bare = join(copy, '../core-without-binaries');
  cpSync(join(copy, 'packages/core'), bare, { recursive: true, filter: (path) => !/(prebuilds|node_modules)$/.test(path) });
  const { scripts } = readManifest(bare);
  expect(scripts?.['prepublishOnly']).toBe('node scripts/check-prebuilds.mjs');
  await expect(run(process.execPath, ['scripts/check-prebuilds.mjs'], { cwd: bare })).rejects.toThrow(/linux-arm64-musl\/manycore.node is missing/);
});
