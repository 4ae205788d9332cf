/**
 * A descriptor in the event loop while somebody waits for it. What is watched is a duplicate of its own: libuv refuses a second watcher of a descriptor that it has, and the original may be closed
 * meanwhile and its number used again.
 */
import { ClosedError, NativeError } from '@manycore/core';
import { native, READABLE, SLICE_MS, type Watcher } from '@manycore/core/internal';

/** Whether a read would not wait: something is there, or the end, or an error. */
export const isReadable = (fd: number): boolean => (native().pollFd(fd, READABLE, 0) & READABLE) !== 0;

export class WatchedDescriptor {
  /** The duplicate. */
  readonly fd: number;
  readonly #watcher: Watcher;
  #pause: NodeJS.Timeout | undefined;

  /**
   * @param onReadable - called while it is readable; whether that was of use. If not, it is not called again for a while.
   * @throws ClosedError when the descriptor is not open; NativeError when no more can be opened.
   */
  constructor(fd: number, onReadable: () => boolean) {
    const addon = native();
    this.fd = addon.dupSocket(fd);
    if (this.fd < 0) throw refused(fd, this.fd);
    try {
      this.#watcher = addon.watch(this.fd, () => {
        if (!onReadable()) this.#rest();
      });
    } catch (error) {
      addon.closeSocket(this.fd);
      throw error;
    }
  }

  /** Before the descriptor is closed. Must be called once. */
  close(): void {
    const addon = native();
    clearTimeout(this.#pause);
    addon.unwatch(this.#watcher);
    addon.closeSocket(this.fd);
  }

  /** What is there is of no use to anybody yet: the loop would ask again in every turn. */
  #rest(): void {
    const addon = native();
    addon.setWatch(this.#watcher, 0);
    this.#pause = setTimeout(() => addon.setWatch(this.#watcher, READABLE), SLICE_MS).unref();
  }
}

const EBADF = -9;

export const notOpen = (fd: number): ClosedError => new ClosedError(`waitReady: descriptor ${fd} is not open, or not any more. A sentinel is closed with its process object.`);

function refused(fd: number, errno: number): Error {
  if (errno === EBADF) return notOpen(fd);
  return new NativeError(`waitReady: descriptor ${fd} cannot be watched: no more descriptors can be opened (errno ${-errno}); raise the limit (ulimit -n).`);
}
