/**
 * The tracker: one process for each session, started with its first tracked file, that removes them at the end. Its program is `entry/tracker.ts`.
 *
 * It is nobody's child and has no slot, so that the death of whoever started it does not reach it. It waits in the kernel for the lock on PRESENCE_BYTE, which is locked through the description of the
 * memory that every process of the tree inherits: the kernel takes that lock away when the last of them is gone. TRACKER_BYTE is locked through a description that the tracker alone has, from before its
 * first instruction on.
 *
 * | step of starting it                        | killed right after it                                          |
 * | ------------------------------------------ | -------------------------------------------------------------- |
 * | 1. lock TRACKER_START_BYTE                 | the lock falls                                                 |
 * | 2. lock PRESENCE_BYTE                      | nobody waits for it yet; it stays until all are gone           |
 * | 3. lock TRACKER_BYTE, new description      | the lock falls with the description: the next one starts it    |
 * | 4. start the process                       | it runs                                                        |
 * | 5. unlock TRACKER_START_BYTE               | the same                                                       |
 *
 * A tracker that was killed itself is replaced at the next call; what is listed by then is the new one's.
 */
import { getSystemErrorName } from 'node:util';
import { NativeError } from '../errors.js';
import { BUNDLE_HINT } from '../installation.js';
import { PRESENCE_BYTE, TRACKER_BYTE, TRACKER_START_BYTE } from '../session/layout.js';
import type { Session } from '../session/session.js';
import { trackerEntry } from '../tracker-entry.js';

/** While somebody else looks for the tracker, or starts it. */
const NAP_MS = 1;
const EBUSY = -16;
/** It has next to no data. What V8 keeps beside the heap is smallest with these. */
const OPTIONS = ['--max-old-space-size=16', '--max-semi-space-size=1', '--v8-pool-size=0', '--single-threaded-gc', '--no-warnings'];
/** What the system needs to load Node; nothing of what users tell Node. */
const KEPT_VARIABLES = ['LD_LIBRARY_PATH', 'PATH'];

/** Starts the tracker of this session unless it runs. @throws NativeError when it cannot be started. */
export function ensureTracker({ addon, heap }: Session): void {
  const { fd } = heap.windows;
  claimStart(addon.claim.bind(addon, fd, TRACKER_START_BYTE));
  try {
    if (addon.isClaimed(fd, TRACKER_BYTE) === 1) return;
    const entry = program();
    const present = addon.claim(addon.session(), PRESENCE_BYTE);
    if (present !== 1) throw failure(`its lock cannot be taken (${nameOf(present)})`);
    const started = addon.spawnDetached(process.execPath, [process.execPath, ...OPTIONS, entry], environment(), addon.session(), TRACKER_BYTE);
    if (started < 0 && started !== EBUSY) throw failure(`${process.execPath}: ${nameOf(started)}`, started);
  } finally {
    addon.release(fd, TRACKER_START_BYTE);
  }
}

function claimStart(claim: () => number): void {
  for (let got = claim(); got !== 1; got = claim()) {
    if (got < 0) throw failure(`its lock cannot be taken (${nameOf(got)})`, got);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, NAP_MS);
  }
}

/** @throws NativeError when it cannot run: an executable with a program inside would run that again, not ours. */
function program(): string {
  const sea = process.getBuiltinModule('node:sea') as { isSea(): boolean } | undefined;
  if (sea?.isSea() === true) throw failure(`${process.execPath} is a single executable application, which runs no other program`);
  if ((process as { permission?: { has(what: string): boolean } }).permission?.has('child') === false) throw failure('--permission allows no processes; add --allow-child-process');
  const entry = trackerEntry();
  if (entry === undefined) throw failure(`dist/tracker.js of @manycore/core is missing; it must stay beside the other files of the package. ${BUNDLE_HINT}`);
  return entry;
}

function environment(): string[] {
  const kept = KEPT_VARIABLES.filter((name) => process.env[name] !== undefined).map((name) => `${name}=${process.env[name]}`);
  return process.versions['electron'] === undefined ? kept : [...kept, 'ELECTRON_RUN_AS_NODE=1'];
}

const nameOf = (errno: number): string => (errno < 0 ? getSystemErrorName(errno) : String(errno));

function failure(why: string, errno?: number): NativeError {
  const cause = errno === undefined ? {} : { cause: Object.assign(new Error(why), { code: nameOf(errno), errno }) };
  return new NativeError(`manycore: the process that removes named files at the end could not be started: ${why}. Without one, they have to be removed by hand: track: false.`, cause);
}
