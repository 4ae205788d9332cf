/** Loads the binaries of the addon for this machine, of each C library, without Node; says how to try those that cannot be tried yet. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { binaries, obstacle, tryBinary } from '../native-host.js';

const folder = mkdtempSync(join(tmpdir(), 'manycore-native-'));
try {
  for (const [libc, binary] of Object.entries(binaries)) {
    const why = obstacle(binary);
    console.log(why === undefined ? `ok      ${libc}: interface ${await tryBinary(binary, folder)}` : `skipped ${libc}: ${why}`);
  }
} finally {
  rmSync(folder, { recursive: true });
}
