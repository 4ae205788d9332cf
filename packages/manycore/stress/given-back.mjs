/** What the main program of a campaign holds of the session: memory, and descriptors. */
import { readdirSync, readlinkSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { memoryUsage, setForkserverPreload } from 'manycore';

const PATIENCE_MS = 5_000;
/** After so many of the same in a row, nothing more is expected. */
const EQUAL_LOOKS = 10;
/** What the session keeps for the processes it has seen. */
const KEPT_BYTES = 2 ** 20;

/** Node leaves the file of a module open when it ends a worker thread that is just about to read it. */
const MODULE = /\.[cm]?js$/;

/** What the open descriptors are of. */
function descriptors() {
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      const target = readlinkSync(`/proc/self/fd/${fd}`);
      return MODULE.test(target) ? [] : [target];
    } catch {
      // The one that the folder was read with.
      return [];
    }
  });
}

export const holdings = () => ({ bytes: memoryUsage().allocatedBytes, descriptors: descriptors() });

/** Until what waits for the garbage collector, which the program must expose, has been given back. */
export async function settled() {
  setForkserverPreload([]);
  for (let last = Infinity, equal = 0; equal < EQUAL_LOOKS; await sleep(20)) {
    globalThis.gc();
    const { bytes } = holdings();
    equal = bytes === last ? equal + 1 : 0;
    last = bytes;
  }
}

/** What more there is than `before`, as problems; what waits for the garbage collector, which the program must expose, has some time. */
export async function notGivenBack(before) {
  for (const deadline = performance.now() + PATIENCE_MS; ; await sleep(20)) {
    // A process that stands by for the next start is none that was left behind; this ends it.
    setForkserverPreload([]);
    const { bytes, descriptors: now } = holdings();
    const grown = bytes - before.bytes;
    const more = now.length - before.descriptors.length;
    if (grown <= KEPT_BYTES && more <= 0) return [];
    if (performance.now() > deadline) return [`${grown} bytes of session memory and ${more} descriptors left behind: ${now.filter((target) => !before.descriptors.includes(target)).join(' ')}`];
    globalThis.gc();
  }
}
