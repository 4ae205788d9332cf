/**
 * The file of a Unix listener, and its directory where we made it. Removed by `remove` and when this thread's program ends by itself or by `process.exit`; a killed process and a terminated worker
 * thread leave it behind, as in Python: the next listener at that path has to remove it first.
 */
import { mkdtempSync, rmdirSync, unlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const existing = new Set<SocketFile>();
let isExitWatched = false;

export class SocketFile {
  readonly path: string;

  private constructor(
    /** As it was given: may be relative. */
    readonly address: string,
    readonly directory: string | undefined,
  ) {
    this.path = resolve(address);
  }

  /** In a directory of its own that only this user can enter (mode 0700). */
  static inPrivateDirectory(): SocketFile {
    const directory = mkdtempSync(join(tmpdir(), 'manycore-listener-'));
    return new SocketFile(join(directory, 'socket'), directory);
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
    if (directory !== undefined) removeQuietly(() => rmdirSync(directory));
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
