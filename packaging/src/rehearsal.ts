/**
 * A release, rehearsed: in a copy of this checkout the pending changesets become versions and changelogs, and `changeset publish` publishes the
 * packages to a registry on this machine, as the release workflow does to the real one.
 */
import { appendFileSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { copyCheckout, commit } from './checkout.js';
import { startRegistry, type Registry } from './registry.js';
import { program, publishable, root } from './repository.js';
import { run } from './run.js';

export interface Published {
  readonly name: string;
  /** In the copy. */
  readonly folder: string;
  readonly version: string;
  readonly tarball: string;
  /** The tarball, unpacked. */
  readonly contents: string;
}

export interface Rehearsal {
  /** Of everything here; removed by `close`. */
  readonly folder: string;
  readonly copy: string;
  readonly registry: Registry;
  readonly packages: Published[];
  close(): Promise<void>;
}

const changesets = join(root, 'node_modules/@changesets/cli/bin.js');

/** A folder to be put first in PATH, where `pnpm` is the one that this workspace installs. */
function pnpmFolder(folder: string): string {
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  writeFileSync(join(bin, 'pnpm'), `#!/bin/sh\nexec "${process.execPath}" "${program('pnpm', 'bin/pnpm.cjs')}" "$@"\n`, { mode: 0o755 });
  return bin;
}

async function unpack(registry: Registry, folder: string, copy: string): Promise<Published[]> {
  return Promise.all(
    publishable(copy).map(async ({ folder: place, manifest: { name, version } }) => {
      const tarball = join(registry.storage, name, `${name.replace(/^@.*\//, '')}-${version}.tgz`);
      const contents = join(folder, 'contents', name);
      mkdirSync(contents, { recursive: true });
      await run('tar', ['-xzf', tarball, '--strip-components=1', '-C', contents], { cwd: folder });
      return { name, folder: join(copy, place), version, tarball, contents };
    }),
  );
}

/** Whether the binaries of all machines are there, as a release must have them; a development build has only its own. */
async function hasAllPrebuilds(): Promise<boolean> {
  return run(process.execPath, ['scripts/check-prebuilds.mjs'], { cwd: join(root, 'packages/core') }).then(
    () => true,
    () => false,
  );
}

/** Makes the release. Takes about 15 seconds of processor time and downloads nothing. */
export async function rehearse(): Promise<Rehearsal> {
  const folder = mkdtempSync(join(tmpdir(), 'manycore-rehearsal-'));
  const copy = join(folder, 'checkout');
  const registry = await startRegistry(join(folder, 'registry'));
  const close = async (): Promise<void> => {
    await registry.close();
    // Not the synchronous one: on a busy disk it takes seconds, and others in this process go on meanwhile.
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const env = { ...registry.env, CI: 'true', PATH: `${pnpmFolder(folder)}${delimiter}${process.env['PATH']}` };
    await copyCheckout(copy);
    await run(process.execPath, [changesets, 'version'], { cwd: copy, env });
    await commit(copy, 'Version packages');
    // `prepublishOnly` refuses what lacks a binary; with all of them it runs here, too.
    if (!(await hasAllPrebuilds())) appendFileSync(registry.userConfig, 'ignore-scripts=true\n');
    await run('pnpm', ['publish', '--recursive', '--no-git-checks'], { cwd: copy, env });
    await run(process.execPath, [changesets, 'tag'], { cwd: copy, env });
    return { folder, copy, registry, packages: await unpack(registry, folder, copy), close };
  } catch (error) {
    await close();
    throw error;
  }
}
