/**
 * Named segments as the operating system has them: files in /dev/shm, where `shm_open` of every C library on Linux, and so CPython, looks for them.
 *
 * A new one is made in this order, so that a kill leaves no file that nobody removes, and nobody finds half of one: a file without a name, its bytes reserved and mapped; its record for the tracker; its
 * contents; its name. What a kill between two steps leaves is in core's `tracking/records.ts`.
 *
 * A thread has one mapping of a segment, however often it opens or receives it: two views that arrive in two messages lie over one buffer.
 */
import { constants } from 'node:buffer';
import { existsSync } from 'node:fs';
import { AlreadyExistsError, NotFoundError, OutOfMemoryError } from '@manycore/core';
import { fileIsPublished, mapFile, native, PAGE_BYTES, refuseBeyondBudget, trackFile, untrackFile, type Block } from '@manycore/core/internal';
import { NamedMemoryError } from './errors.js';
import { randomName } from './name.js';
import { systemError } from './system-error.js';

const FOLDER = '/dev/shm';

const { ENOENT, ENOTDIR, EEXIST, ENOSPC, ENOMEM, EDQUOT, EFBIG, EACCES, EPERM, EROFS } = process.getBuiltinModule('node:os').constants.errno;
const NO_ROOM = new Set([ENOSPC, ENOMEM, EDQUOT, EFBIG]);
const NO_FOLDER = new Set([ENOENT, ENOTDIR, EACCES, EPERM, EROFS]);

const pathOf = (name: string): string => `${FOLDER}/${name}`;

/** A mapped segment. */
export class Segment {
  /** Stands for the segment in messages; made when it is first sent. */
  block: Block | undefined;

  constructor(
    readonly name: string,
    /** Tells the file from another that has, or will have, its name. */
    readonly mark: string,
    readonly size: number,
    /** In whole pages. */
    readonly buffer: ArrayBufferLike,
  ) {}

  /**
   * Removes the name. Who has the segment keeps it.
   * @throws NotFoundError when the name is gone, or is another segment's by now.
   */
  unlink(): void {
    const path = pathOf(this.name);
    const found = native().fileMark(path);
    if (typeof found === 'string' && found !== this.mark) {
      // Whoever removed it did not tell the session.
      untrackFile(path, this.mark);
      throw new NotFoundError(`SharedMemory.unlink: ${this.name} was removed already; the name belongs to another segment by now.`);
    }
    const removed = typeof found === 'string' ? native().removeFile(path) : found;
    if (removed === 0 || removed === -ENOENT) untrackFile(path, this.mark);
    if (removed < 0) throw lookupError('SharedMemory.unlink', this.name, removed, 'unlink');
  }
}

/** By name and mark. */
const mapped = new Map<string, WeakRef<Segment>>();
const forgotten = new FinalizationRegistry<string>((key) => {
  if (mapped.get(key)?.deref() === undefined) mapped.delete(key);
});
const keyOf = (name: string, mark: string): string => `${mark} ${name}`;

function remember(segment: Segment): Segment {
  const key = keyOf(segment.name, segment.mark);
  mapped.set(key, new WeakRef(segment));
  forgotten.register(segment, key);
  return segment;
}

/** The segment, if this thread has it: also when its name is gone. */
export const mappedSegment = (name: string, mark: string): Segment | undefined => mapped.get(keyOf(name, mark))?.deref();

export interface Creation {
  /** Undefined: one is made up. */
  readonly name: string | undefined;
  readonly size: number;
  readonly track: boolean;
  /** Writes what is in the segment from its first moment on. */
  readonly fill?: (bytes: Uint8Array) => void;
}

/**
 * Makes a segment of zeros, or what `fill` makes of them.
 *
 * @param call - for messages: `SharedMemory`.
 * @throws AlreadyExistsError, OutOfMemoryError, NamedMemoryError, NativeError; then nothing is left.
 */
export function createSegment(call: string, { name, size, track, fill }: Creation): Segment {
  refuseTooLarge(call, size);
  const addon = native();
  // Asked again when it is given its name; before, no memory need be reserved in vain.
  if (name !== undefined && typeof addon.fileMark(pathOf(name)) === 'string') throw existsAlready(call, name);
  // Reserving more than there is would have a container killed, not refused.
  refuseBeyondBudget(Math.ceil(size / PAGE_BYTES));
  const fd = addon.makeFile(FOLDER, size);
  if (fd < 0) throw creationError(call, fd, size);
  try {
    const mark = markOf(call, fd);
    const buffer = mapFile(fd, 0, wholePages(size), 'named memory');
    fill?.(new Uint8Array(buffer, 0, size));
    for (;;) {
      const chosen = name ?? randomName();
      const error = publish(fd, pathOf(chosen), mark, track, size);
      if (error === 0) return remember(new Segment(chosen, mark, size, buffer));
      if (error !== -EEXIST) throw lookupError(call, chosen, error, 'link');
      if (name !== undefined) throw existsAlready(call, name);
    }
  } finally {
    addon.close(fd);
  }
}

function publish(fd: number, path: string, mark: string, track: boolean, size: number): number {
  if (!track) return native().publishFile(fd, path);
  trackFile(path, mark, { unpublished: true, pages: Math.ceil(size / PAGE_BYTES) });
  const error = native().publishFile(fd, path);
  if (error === 0) fileIsPublished(path, mark);
  else untrackFile(path, mark);
  return error;
}

/**
 * Opens an existing segment.
 *
 * @param mark - of the one that is meant; undefined for whichever has the name.
 * @throws NotFoundError; NamedMemoryError when it is empty, or cannot be opened.
 */
export function openSegment(call: string, name: string, { track = false, mark }: { track?: boolean; mark?: string } = {}): Segment {
  const addon = native();
  const path = pathOf(name);
  const fd = addon.openFile(path);
  if (fd < 0) throw lookupError(call, name, fd, 'open');
  try {
    const found = markOf(call, fd);
    if (mark !== undefined && found !== mark) throw new NotFoundError(`${call}: segment ${name} was removed before it was received; the name belongs to another one by now.`);
    const size = addon.fileSize(fd);
    if (size === 0) throw new NamedMemoryError(`${call}: segment ${name} is empty. Whoever makes it may not be done: try again.`);
    refuseTooLarge(call, size);
    const known = mappedSegment(name, found);
    const segment = known?.size === size ? known : remember(new Segment(name, found, size, mapFile(fd, 0, wholePages(size), 'named memory')));
    if (track) trackFile(path, found);
    return segment;
  } finally {
    addon.close(fd);
  }
}

function wholePages(size: number): number {
  const { pageSize } = native();
  return Math.ceil(size / pageSize) * pageSize;
}

function markOf(call: string, fd: number): string {
  const mark = native().fileMark(fd);
  if (typeof mark === 'number') throw new NamedMemoryError(`${call}: the system does not say what file this is.`, { cause: systemError(mark, 'statx', FOLDER) });
  return mark;
}

function refuseTooLarge(call: string, size: number): void {
  if (size > constants.MAX_LENGTH) throw new RangeError(`${call}: ${size} bytes are more than a buffer can have in this version of Node (${constants.MAX_LENGTH}).`);
}

function existsAlready(call: string, name: string): AlreadyExistsError {
  return new AlreadyExistsError(`${call}: there is a segment ${name} already. Choose another name, or attach to it: without create, or without values.`, { cause: systemError(-EEXIST, 'link', pathOf(name)) });
}

function creationError(call: string, errno: number, size: number): Error {
  const cause = systemError(errno, 'open', FOLDER);
  if (NO_ROOM.has(-errno)) {
    return new OutOfMemoryError(`${call}: ${FOLDER} has no room for ${size} bytes. Nothing was made. Remove segments that are no longer needed, or make it larger (in a container: --shm-size).`, { cause });
  }
  return unusable(call, cause);
}

/** What it means that a name could not be opened, made or removed. */
function lookupError(call: string, name: string, errno: number, syscall: string): Error {
  const cause = systemError(errno, syscall, pathOf(name));
  if (errno === -ENOENT && existsSync(FOLDER)) return new NotFoundError(`${call}: there is no segment ${name}. It was never made, or was removed already.`, { cause });
  if (NO_ROOM.has(-errno)) return new OutOfMemoryError(`${call}: ${FOLDER} has no room for another name. Nothing was made.`, { cause });
  if (existsSync(FOLDER)) return new NamedMemoryError(`${call}: ${pathOf(name)} cannot be used (${cause.code}): it belongs to another user, is no file, or the limits on open files are reached.`, { cause });
  return unusable(call, cause);
}

function unusable(call: string, cause: NodeJS.ErrnoException): NamedMemoryError {
  const what = NO_FOLDER.has(-cause.errno!) ? 'which is missing here or cannot be written to' : `which cannot be used here (${cause.code})`;
  return new NamedMemoryError(`${call}: named memory needs ${FOLDER}, ${what}. Mount a tmpfs there. Everything else of manycore works without it.`, { cause });
}
