/**
 * A folder of this user alone, for a socket, that does not outlive the session: the tracker removes it with the file `socket` in it, and nothing else.
 *
 * | step of making it                                    | killed right after it: what the tracker does                                       |
 * | ---------------------------------------------------- | ---------------------------------------------------------------------------------- |
 * | 1. a record of its random name, UNMARKED             | finds nothing                                                                      |
 * | 2. the folder                                        | removes an empty folder of that name                                               |
 * | 3. a record with the folder's mark                   | removes the folder that has the mark, and `socket` in it                           |
 * | 4. the record of step 1 is dropped                   | the same                                                                           |
 *
 * Whoever removes the folder drops the record after it.
 */
import { mkdirSync, rmdirSync } from 'node:fs';
import { NativeError } from '../errors.js';
import { native } from '../native.js';
import { UNMARKED } from './records.js';
import { trackFile, untrackFile } from './track-file.js';

/** A path has little room for a socket's name, and this is no secret: a folder of that name that is there already is refused. */
const RANDOM_BYTES = 9;

export interface TrackedFolder {
  readonly path: string;
  /** For `untrackFile`. */
  readonly mark: string;
}

/**
 * Makes one, with mode 0700. Blocks as `trackFile` does.
 * @param prefix - absolute; a random name is added.
 * @throws as `trackFile`; the system's error when the folder cannot be made. Then nothing is left.
 */
export function makeTrackedFolder(prefix: string): TrackedFolder {
  const path = prefix + process.getBuiltinModule('node:crypto').randomBytes(RANDOM_BYTES).toString('base64url');
  trackFile(path, UNMARKED, { unpublished: true });
  try {
    mkdirSync(path, { mode: 0o700 });
    return { path, mark: trackNew(path) };
  } finally {
    untrackFile(path, UNMARKED);
  }
}

function trackNew(path: string): string {
  try {
    const mark = native().fileMark(path);
    if (typeof mark === 'number') throw new NativeError(`manycore: the folder ${path}, made just now, cannot be looked at (errno ${-mark}).`);
    trackFile(path, mark);
    return mark;
  } catch (error) {
    rmdirSync(path);
    throw error;
  }
}
