/**
 * Says what is wrong with the binaries in prebuilds/ as those of a release; run by `prepublishOnly`, so that none is published without all of them.
 *
 * Of each: it is there, newer than its sources, for the right machine and C library, asks for no newer glibc than promised, is stripped, and names
 * no folder of the machine that built it.
 */
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { binaryIn, GLIBC, isCurrent, root, TARGETS } from './native.mjs';

const E_MACHINE = 18;

const isNewer = (version) => version.localeCompare(GLIBC, 'en', { numeric: true }) > 0;

/** What is wrong with the bytes of one binary. */
export function problemsOf({ folder, machine }, bytes) {
  if (bytes.toString('latin1', 0, 4) !== '\x7fELF') return ['is no ELF file'];
  const text = bytes.toString('latin1');
  const glibc = [...new Set([...text.matchAll(/GLIBC_([0-9.]+)/g)].map((match) => match[1]))];
  const isMusl = folder.endsWith('-musl');
  return [
    ...(bytes.readUInt16LE(E_MACHINE) === machine ? [] : [`is for machine ${bytes.readUInt16LE(E_MACHINE)}, not ${machine}`]),
    ...(isMusl === (glibc.length === 0) ? [] : [isMusl ? 'is for glibc, not musl' : 'is not for glibc']),
    ...glibc.filter(isNewer).map((version) => `asks for glibc ${version}, newer than ${GLIBC}`),
    ...(text.includes('.symtab') ? ['is not stripped'] : []),
    ...[root, homedir()].filter((path) => text.includes(`${path}/`)).map((path) => `names the folder ${path}`),
  ];
}

/** What is wrong with all of them; nothing in the end. */
export function problems() {
  return TARGETS.flatMap((target) => {
    const file = binaryIn(target.folder);
    if (!existsSync(file)) return [`${file} is missing`];
    const found = problemsOf(target, readFileSync(file));
    return [...(isCurrent(target.folder) ? [] : ['is older than its sources']), ...found].map((problem) => `${file} ${problem}`);
  });
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const found = problems();
  for (const problem of found) console.error(`@manycore/core: ${problem}`);
  if (found.length > 0) {
    console.error('A release has the binaries of all targets: run `pnpm --filter @manycore/core run build:prebuilds` first.');
    process.exit(1);
  }
}
