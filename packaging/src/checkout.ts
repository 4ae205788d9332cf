/**
 * A copy of this checkout as a repository of its own, in which a release can be made without touching this one.
 */
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { packagesOf, publishable, root } from './repository.js';
import { run } from './run.js';

const built = ['dist', 'prebuilds'];

/** What `pnpm install` would link: each package beside those that need it, where pnpm reads its version. */
function linkDependencies(copy: string): void {
  const packages = packagesOf(copy);
  for (const { folder, manifest } of packages) {
    for (const name of Object.keys({ ...manifest.dependencies, ...manifest.devDependencies })) {
      const dependency = packages.find((other) => other.manifest.name === name);
      if (dependency === undefined) continue;
      const link = join(copy, folder, 'node_modules', name);
      mkdirSync(dirname(link), { recursive: true });
      symlinkSync(join(copy, dependency.folder), link);
    }
  }
}

/** Provenance is signed by the workflow of a release, and by nothing else. */
function withoutProvenance(copy: string): void {
  for (const { folder } of publishable(copy)) {
    const file = join(copy, folder, 'package.json');
    writeFileSync(file, readFileSync(file, 'utf8').replace(/,\s*"provenance": true/, ''));
  }
}

/**
 * Copies all files that git knows or would take, as they are now, and what was built from them; then commits them.
 *
 * @throws Error when a package is not built.
 */
export async function copyCheckout(copy: string): Promise<void> {
  const files = await run('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: root });
  const folders = publishable(root).flatMap(({ folder }) => built.map((name) => `${folder}/${name}`));
  for (const { folder } of publishable(root)) {
    if (!existsSync(join(root, folder, 'dist'))) throw new Error(`${folder} is not built: run \`pnpm run build\` first.`);
  }
  for (const path of [...files.split('\0').filter(Boolean), ...folders]) {
    // A file that was deleted, but not yet from git.
    if (existsSync(join(root, path))) cpSync(join(root, path), join(copy, path), { recursive: true, preserveTimestamps: true });
  }
  linkDependencies(copy);
  withoutProvenance(copy);
  await commit(copy, 'Copy');
}

/** Commits all in the copy, as nobody in particular, also when nothing has changed. */
export async function commit(copy: string, message: string): Promise<void> {
  if (!existsSync(join(copy, '.git'))) await run('git', ['init', '--quiet', '--initial-branch=main'], { cwd: copy });
  await run('git', ['add', '--all'], { cwd: copy });
  const identity = ['-c', 'user.name=rehearsal', '-c', 'user.email=rehearsal@example.invalid', '-c', 'commit.gpgsign=false'];
  await run('git', [...identity, 'commit', '--quiet', '--no-verify', '--allow-empty', '--message', message], { cwd: copy });
}
