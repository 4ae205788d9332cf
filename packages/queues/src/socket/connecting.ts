/** Connects a socket without blocking the event loop. */
import { constants } from 'node:os';
import { TimeoutError } from '@manycore/core';
import { native, WRITABLE, type Deadline } from '@manycore/core/internal';
import { ConnectionError } from '../errors.js';
import type { Place } from './address.js';
import { nameOf, systemError, type Errno } from './system-error.js';
import { Waiter } from './waiter.js';

const { EAGAIN, EACCES, EPERM, ECONNREFUSED, ENOENT, EMFILE, ENFILE } = constants.errno;
/** A Unix listener with a full backlog refuses at once and cannot be waited for: asked again, twice as late each time. */
const FIRST_PAUSE_MS = 1;
const LONGEST_PAUSE_MS = 64;

/** A connected socket. @throws ConnectionError, TimeoutError, the signal's reason. @param where - the address in messages. */
export async function connect(place: Place, where: string, deadline: Deadline, signal: AbortSignal | undefined): Promise<number> {
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(LONGEST_PAUSE_MS, pause * 2)) {
    const fd = native().connectSocket(place.family, place.bytes);
    if (fd >= 0) return established(fd, where, deadline, signal);
    if (fd !== -EAGAIN) throw refused(fd, where);
    const waiter = limited(where, deadline, signal);
    const timer = setTimeout(() => waiter.settle(), pause);
    await waiter.promise.finally(() => clearTimeout(timer));
  }
}

function limited(where: string, deadline: Deadline, signal: AbortSignal | undefined): Waiter<void> {
  const waiter = new Waiter<void>();
  const onTime = (): void => waiter.fail(new TimeoutError(`Client: no connection to ${where} came about in time.`));
  return waiter.limit(deadline, signal, onTime, (reason) => waiter.fail(reason));
}

async function established(fd: number, where: string, deadline: Deadline, signal: AbortSignal | undefined): Promise<number> {
  const addon = native();
  try {
    if (addon.pollFd(fd, WRITABLE, 0) === 0) {
      const waiter = limited(where, deadline, signal);
      const watcher = addon.watch(fd, () => waiter.settle(), WRITABLE);
      addon.refWatcher(watcher, true);
      await waiter.promise.finally(() => addon.unwatch(watcher));
    }
    const errno = addon.socketError(fd);
    if (errno !== 0) throw refused(errno, where);
    return fd;
  } catch (error) {
    addon.closeSocket(fd);
    throw error;
  }
}

function refused(errno: Errno, where: string): ConnectionError {
  return new ConnectionError(`Client: no connection to ${where} (${nameOf(errno)}). ${adviceFor(errno)}`, { cause: systemError(errno, 'connect') });
}

function adviceFor(errno: Errno): string {
  switch (errno) {
    case -ECONNREFUSED:
    case -ENOENT:
      return 'Nobody listens there: open the listener first, and give its `address` to the client.';
    case -EACCES:
    case -EPERM:
      return 'This user may not connect there: look at the permissions of the path and of its directories.';
    case -EMFILE:
    case -ENFILE:
      return 'No descriptor is left: close connections, or raise the limit (ulimit -n).';
    default:
      return 'Check the address and the network between.';
  }
}
