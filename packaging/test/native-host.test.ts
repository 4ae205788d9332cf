import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, inject, test } from 'vitest';
import { binaries, obstacle, tryBinary } from '../src/native-host.js';
import { root } from '../src/repository.js';

const { folder } = inject('release');
const version = Number(/MC_INTERFACE_VERSION (\d+)/.exec(readFileSync(join(root, 'packages/core/native/include/manycore.h'), 'utf8'))![1]);

for (const [libc, binary] of Object.entries(binaries)) {
  test(`the binary for ${libc} is loaded by its loader, and its functions work`, async ({ skip }) => {
    const why = obstacle(binary);
    if (why !== undefined) skip(why);
    expect(await tryBinary(binary, folder)).toBe(version);
  });
}
