/**
 * Where those files of our packages are that no code imports: the addon, the programs of child processes. They lie beside the code that
 * asks for them, unless a bundler has put that code into another file; then the packages must be installed where the bundle finds them.
 */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

declare const __filename: string;

/** URL of the file that this code is in. A bundle in the CommonJS format has no `import.meta.url`. */
export const ownUrl: string = import.meta.url ?? pathToFileURL(__filename).href;

/** What to do when a file is missing because its package was bundled. */
export const BUNDLE_HINT =
  'In a bundle: leave manycore out of it (esbuild: --external:manycore --external:@manycore/*) or install it where the bundle runs as well.';

/** Packages of ours through which others are found where a package manager shows a program only those it depends on itself. */
const WAYS = ['manycore', '@manycore/futures', '@manycore/manager', '@manycore/process', '@manycore/queues', '@manycore/sync', '@manycore/shared'];

/** The folder of an installed package of ours, as seen from the file that this code is in. */
function installedFolder(name: string): string | undefined {
  const here = createRequire(ownUrl);
  for (const way of [undefined, ...WAYS]) {
    try {
      const from = way === undefined ? here : createRequire(here.resolve(`${way}/package.json`));
      return dirname(from.resolve(`${name}/package.json`));
    } catch {
      // Not installed there.
    }
  }
  return undefined;
}

/**
 * A file of a package of ours; undefined when there is none.
 *
 * @param path - in the package's folder.
 * @param caller - `import.meta.url` of a module one folder below that, which is undefined in a CommonJS bundle.
 */
export function packageFile(name: string, path: string, caller: string | undefined): string | undefined {
  const beside = fileURLToPath(new URL(`../${path}`, caller ?? ownUrl));
  if (existsSync(beside)) return beside;
  const folder = installedFolder(name);
  const installed = folder === undefined ? undefined : join(folder, path);
  return installed !== undefined && existsSync(installed) ? installed : undefined;
}
