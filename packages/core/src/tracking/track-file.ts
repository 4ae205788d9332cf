/**
 * Files that do not outlive the session: a tracker process removes them when the last process of the tree is gone, however it went.
 */
import { isAbsolute } from 'node:path';
import { OutOfMemoryError } from '../errors.js';
import { charge } from '../memory/allocator.js';
import { native } from '../native.js';
import { HEADER_TRACKED, HEADER_TRACKED_COUNT, HEADER_TRACKED_SWEEP_AT } from '../session/layout.js';
import { session, type Session } from '../session/session.js';
import { dropRecord, isTracked, linkRecord, markPublished, RECORD_TYPE, recordBytes, trackedFiles, UNMARKED, writeRecord } from './records.js';
import { ensureTracker } from './tracker.js';

/** Somebody else may have removed files that are tracked here: they are looked for when so many are listed, and then at twice as many as were left. */
const FIRST_SWEEP_AT = 64;
const ENOENT = -2;
const ENOTDIR = -20;

export interface TrackOptions {
  /** The caller gives the file its name after this call, and then says `fileIsPublished`. Default false: it has it. */
  readonly unpublished?: boolean;
  /** What the session's budget counts for it, as long as it is tracked. Default 0. */
  readonly pages?: number;
}

/**
 * Has a file, or a socket's name, removed at the end of the session, unless something else is of that name by then. Blocks for as long as it takes to start a process, the first time in a session.
 * A file that is tracked already stays as it is.
 *
 * @param path - absolute.
 * @param mark - `native().fileMark` of it.
 * @throws NativeError when the tracker cannot be started; OutOfMemoryError. Then nothing is tracked.
 */
export function trackFile(path: string, mark: string, { unpublished = false, pages = 0 }: TrackOptions = {}): void {
  if (!isAbsolute(path)) throw new TypeError(`trackFile: the path must be absolute, got ${path}.`);
  const member = session();
  ensureTracker(member);
  sweepWhenDue(member);
  afterSweep(member, () => add(member, path, mark, unpublished ? member.kernel.self : 0, pages));
}

/**
 * Refuses what the session's budget has no room for, before anything is made; charges nothing. What others removed is taken off first.
 * @throws OutOfMemoryError
 */
export function refuseBeyondBudget(pages: number): void {
  const member = session();
  afterSweep(member, () =>
    member.heap.transactInRoom((tx) => {
      charge(tx, 0, pages);
      charge(tx, 0, -pages);
    }),
  );
}

/** Says that a file has got its name; until then nobody wonders that it has none. */
export function fileIsPublished(path: string, mark: string): void {
  session().heap.transact((tx) => markPublished(tx, path, mark));
}

/** Forgets a file, which is removed already or is to stay. Does nothing when it is not tracked; makes no session where there is none. */
export function untrackFile(path: string, mark: string): void {
  if (native().session() < 0) return;
  const { heap } = session();
  if (heap.windows.load(HEADER_TRACKED) !== 0) heap.transact((tx) => dropRecord(tx, path, mark));
}

function add({ heap }: Session, path: string, mark: string, owner: number, pages: number): void {
  const block = heap.allocate(recordBytes(path, mark), RECORD_TYPE);
  try {
    writeRecord(heap.windows, block.id, path, mark, owner);
    heap.transactInRoom((tx) => {
      if (isTracked(tx, path, mark)) return;
      linkRecord(tx, block.id);
      if (pages > 0) charge(tx, block.id, pages);
    });
  } finally {
    heap.release(block);
  }
}

/** What others removed counts against the budget until it is found out. */
function afterSweep(member: Session, change: () => void): void {
  try {
    change();
  } catch (error) {
    if (!(error instanceof OutOfMemoryError) || !sweep(member)) throw error;
    change();
  }
}

function sweepWhenDue(member: Session): void {
  const { windows } = member.heap;
  if (windows.load(HEADER_TRACKED_COUNT) < Math.max(FIRST_SWEEP_AT, windows.load(HEADER_TRACKED_SWEEP_AT))) return;
  sweep(member);
  windows.store(HEADER_TRACKED_SWEEP_AT, 2 * windows.load(HEADER_TRACKED_COUNT));
}

/** Forgets the files that are there no more; whether there were any. */
function sweep({ heap, kernel }: Session): boolean {
  // One that is about to get its name has none yet.
  const settled = heap.transact((tx) => trackedFiles(tx)).filter(({ owner }) => owner === 0 || (owner !== kernel.self && !kernel.isAlive(owner)));
  const gone = settled.filter(({ path, mark }) => {
    const found = native().fileMark(path);
    return typeof found === 'string' ? mark !== UNMARKED && found !== mark : found === ENOENT || found === ENOTDIR;
  });
  for (const { path, mark } of gone) heap.transact((tx) => dropRecord(tx, path, mark));
  return gone.length > 0;
}
