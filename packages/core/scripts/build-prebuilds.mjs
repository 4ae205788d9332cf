/**
 * Builds the addon for every machine that a release supports, on any of them, with zig from npm; then checks what came out.
 *
 * Always all four, also where a binary of this machine's compiler is newer than the sources: that one may need a newer glibc.
 */
import { build, TARGETS, zig } from './native.mjs';
import { problems } from './check-prebuilds.mjs';

for (const { folder, triple } of TARGETS) {
  const failure = build(folder, zig(triple));
  if (failure === undefined) continue;
  console.error(`@manycore/core: ${folder} could not be built. ${failure}`);
  process.exit(1);
}
const found = problems();
for (const problem of found) console.error(`@manycore/core: ${problem}`);
process.exit(found.length === 0 ? 0 : 1);
