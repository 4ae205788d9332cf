/**
 * The file of a Unix listener, and its directory where we made it. Removed by `remove` and when this thread's program ends by itself or by `process.exit`. After a killed process or a terminated worker
 * thread, a directory that we made is removed with the end of the session; a file at a path of the user's is left behind, as in Python: the next listener at that path has to remove it first.
 */
import { mkdtempSync, rmdirSync, unlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { ManycoreError } from '@manycore/core';
import { makeTrackedFolder, untrackFile } from '@manycore/core/internal';

const existing = new Set<SocketFile>();
let isExitWatched = false;

interface Directory {
  readonly path: string;
  /** Where it is tracked. */
  readonly mark?: string;
}

export class SocketFile {
  readonly path: string;

  private constructor(
    /** As it was given: may be relative. */
    readonly address: string,
    readonly directory: Directory | undefined,
  ) {
    this.path = resolve(address);
  }

  /** In a directory of its own that only this user can enter (mode 0700). */
  static inPrivateDirectory(): SocketFile {
    const directory = makeDirectory(resolve(tmpdir(), 'manycore-listener-'));
    return new SocketFile(join(directory.path, 'socket'), directory);
  }

  static at(path: string): SocketFile {
    return new SocketFile(path, undefined);
  }

  /** To be called once the file is there. */
  removeAtExit(): void {
    existing.add(this);
    if (isExitWatched) return;
    isExitWatched = true;
    process.on('exit', () => {
      for (const file of existing) file.remove();
    });
  }

  remove(): void {
    existing.delete(this);
    removeQuietly(() => unlinkSync(this.path));
    const { directory } = this;
    if (directory === undefined) return;
    removeQuietly(() => rmdirSync(directory.path));
    if (directory.mark !== undefined) untrackFile(directory.path, directory.mark);
  }
}

/** Where there can be no session, or nobody who would look after its files (--permission, a single executable application), a kill leaves the directory: that is better than no listener. */
function makeDirectory(prefix: string): Directory {
  try {
    return makeTrackedFolder(prefix);
  } catch (error) {
    if (!ManycoreError.isInstance(error)) throw error;
    return { path: mkdtempSync(prefix) };
  }
}

/** What somebody else has removed, or filled, is left as it is. */
function removeQuietly(remove: () => void): void {
  try {
    remove();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'ENOTEMPTY' && code !== 'EACCES' && code !== 'EPERM') throw error;
  }
}
