/**
 * Builds the addon for this machine into prebuilds/<platform>-<arch>[-musl]/manycore.node: with the C compiler at hand ($CC, cc, gcc, clang), or, where
 * there is none, with zig from npm (MANYCORE_NATIVE_COMPILER=zig asks for it).
 *
 * Sources are compiled only when they are newer than the binary, so that a repeated build costs nothing.
 */
import { build, compiler, isCurrent, ownFolder, systems, zig } from './native.mjs';

if (!systems.includes(process.platform)) {
  console.error(`@manycore/core: there is no native part for ${process.platform} yet (native/src has: ${systems.join(', ')}).`);
  process.exit(1);
}

const folder = ownFolder();
if (isCurrent(folder)) process.exit(0);

const candidates =
  process.env.MANYCORE_NATIVE_COMPILER === 'zig' ? [zig()] : [...(process.env.CC ? [process.env.CC] : []), 'cc', 'gcc', 'clang'].map(compiler).concat(zig());
const tried = [];
for (const candidate of candidates) {
  const failure = build(folder, candidate);
  if (failure === undefined) process.exit(0);
  tried.push(failure);
}
console.error(`@manycore/core: the native part could not be built for ${folder}. Tried:\n  ${tried.join('\n  ')}\nInstall a C compiler (Debian: apt install gcc libc6-dev), or allow npx to fetch zig.`);
process.exit(1);
