/**
 * The files of a session that are removed at its end: a list of records in session memory.
 *
 * HEADER_TRACKED is the first record, HEADER_TRACKED_COUNT how many there are. A record is a block that the list itself holds, so that it outlives whoever made it:
 *
 * | word | meaning                                                                                            |
 * | ---- | -------------------------------------------------------------------------------------------------- |
 * | 0    | NEXT: the record behind this one, 0 at the end                                                     |
 * | 1    | OWNER: who is about to give the file its name; 0 once it has one                                   |
 * | 2    | HASH of path and mark, so that a search reads one word of most records                             |
 * | 3, 4 | bytes of the path and of the mark (which names the file itself, whatever is of that name by then)   |
 * | 5    | their bytes, one behind the other                                                                  |
 *
 * | step of tracking a new file          | killed right after it                                                           |
 * | ------------------------------------ | ------------------------------------------------------------------------------- |
 * | 1. the file, without a name          | the kernel frees it                                                             |
 * | 2. the record, held by the thread    | the record is reaped with the thread's holdings                                 |
 * | 3. linked into the list              | a record of a file that has no name: removing it finds nothing, a sweep drops it |
 * | 4. the file gets its name            | the file is removed at the end                                                  |
 * | 5. OWNER = 0                         | the same                                                                        |
 *
 * A folder (tracked-folder.ts) cannot be made without a name: its record comes before it, with the mark UNMARKED.
 *
 * Removing: the file first, then its record. A kill between leaves a record as after step 3. The list changes in transactions under the memory lock; the tracker, which reads it when nobody lives any more,
 * rolls back what the last of the dead left half done.
 */
import { blockOffset, entryOf, isObjectId, OBJECT_HOLDERS, typeNumber } from '../memory/objects.js';
import { letGo } from '../memory/ownership.js';
import type { Space, Transaction } from '../memory/transaction.js';
import { HEADER_TRACKED, HEADER_TRACKED_COUNT } from '../session/layout.js';

export const RECORD_TYPE = 'manycore.tracked-file';
/** The mark of an empty folder that is about to be made, or was, with a random name. */
export const UNMARKED = '';
/** What may be in a folder that is tracked. */
export const IN_FOLDER = 'socket';

const NEXT = 0;
const OWNER = 1;
const HASH = 2;
const PATH_BYTES = 3;
const MARK_BYTES = 4;
const TEXT = 5;
/** PATH_MAX of Linux, and what a mark has at most. */
const MOST_BYTES = 4096 + 64;

export interface TrackedFile {
  readonly id: number;
  readonly path: string;
  readonly mark: string;
  readonly owner: number;
}

export const recordBytes = (path: string, mark: string): number => TEXT * 4 + Buffer.byteLength(path) + Buffer.byteLength(mark);

/** Fills a new block, which nobody else can see yet. */
export function writeRecord(space: Space, id: number, path: string, mark: string, owner: number): void {
  const address = addressOf(space, id);
  const text = Buffer.alloc(Math.ceil((Buffer.byteLength(path) + Buffer.byteLength(mark)) / 4) * 4);
  text.write(path + mark);
  space.store(address + OWNER, owner);
  space.store(address + HASH, hashOf(path, mark));
  space.store(address + PATH_BYTES, Buffer.byteLength(path));
  space.store(address + MARK_BYTES, Buffer.byteLength(mark));
  for (let i = 0; i < text.length; i += 4) space.store(address + TEXT + i / 4, text.readInt32LE(i));
}

/** Puts a record in front of the list, which holds it from now on. */
export function linkRecord(tx: Transaction, id: number): void {
  tx.store(addressOf(tx, id) + NEXT, tx.load(HEADER_TRACKED));
  tx.store(HEADER_TRACKED, id);
  tx.add(HEADER_TRACKED_COUNT, 1);
  tx.add(entryOf(id) + OBJECT_HOLDERS, 1);
}

/** Says that the file has its name. */
export function markPublished(tx: Transaction, path: string, mark: string): void {
  const found = find(tx, path, mark);
  if (found !== undefined) tx.store(addressOf(tx, found.id) + OWNER, 0);
}

/** Takes a file's record from the list and gives it back. Does nothing when there is none. */
export function dropRecord(tx: Transaction, path: string, mark: string): void {
  const found = find(tx, path, mark);
  if (found === undefined) return;
  const link = found.previous === 0 ? HEADER_TRACKED : addressOf(tx, found.previous) + NEXT;
  tx.store(link, tx.load(addressOf(tx, found.id) + NEXT));
  tx.add(HEADER_TRACKED_COUNT, -1);
  letGo(tx, found.id);
}

export const isTracked = (tx: Transaction, path: string, mark: string): boolean => find(tx, path, mark) !== undefined;

/** All of them. Under the memory lock, or when nobody lives. A list that is damaged ends where it makes no sense. */
export function trackedFiles(space: Space): TrackedFile[] {
  const files: TrackedFile[] = [];
  for (const id of recordIds(space)) {
    const file = read(space, id);
    if (file !== undefined) files.push(file);
  }
  return files;
}

/** Nothing but numbers is read of the records that are passed. */
function find(tx: Transaction, path: string, mark: string): { id: number; previous: number } | undefined {
  const hash = hashOf(path, mark);
  let previous = 0;
  for (const id of recordIds(tx)) {
    if (tx.load(addressOf(tx, id) + HASH) === hash) {
      const file = read(tx, id);
      if (file?.path === path && file.mark === mark) return { id, previous };
    }
    previous = id;
  }
  return undefined;
}

function* recordIds(space: Space): Iterable<number> {
  let id = space.load(HEADER_TRACKED);
  for (let left = space.load(HEADER_TRACKED_COUNT); left > 0 && isObjectId(id); left--) {
    yield id;
    id = space.load(addressOf(space, id) + NEXT);
  }
}

function read(space: Space, id: number): TrackedFile | undefined {
  const address = addressOf(space, id);
  const pathBytes = space.load(address + PATH_BYTES);
  const length = pathBytes + space.load(address + MARK_BYTES);
  if (pathBytes < 0 || length < pathBytes || length > MOST_BYTES) return undefined;
  const text = Buffer.alloc(Math.ceil(length / 4) * 4);
  for (let i = 0; i < text.length; i += 4) text.writeInt32LE(space.load(address + TEXT + i / 4), i);
  return { id, path: text.toString('utf8', 0, pathBytes), mark: text.toString('utf8', pathBytes, length), owner: space.load(address + OWNER) };
}

const addressOf = (space: Space, id: number): number => blockOffset(space, id) / 4;

const hashOf = (path: string, mark: string): number => typeNumber(path + mark);
