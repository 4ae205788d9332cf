/** Where the programs are that children of any kind run: in the folder `entry` of the build. */
import { BUNDLE_HINT, packageFile } from '@manycore/core/internal';
import { ProcessError } from './errors.js';

/** @throws ProcessError when there is no such file: this package was bundled, and is not installed beside the bundle. */
export function entryFile(name: 'child.cjs' | 'thread.cjs' | 'full.js' | 'pool-worker.js'): string {
  const file = packageFile('@manycore/process', `dist/entry/${name}`, import.meta.url);
  if (file === undefined) throw new ProcessError(`No process can be started: entry/${name} of @manycore/process is not beside its code. ${BUNDLE_HINT}`);
  return file;
}
