/** Binds a socket and listens. */
import { constants } from 'node:os';
import { native, UNIX } from '@manycore/core/internal';
import { ConnectionError } from '../errors.js';
import { addressFrom, isLocal, shown, type Address, type Place } from './address.js';
import type { SocketFile } from './socket-file.js';
import { nameOf, systemError, type Errno } from './system-error.js';

const { EADDRINUSE, EACCES, EADDRNOTAVAIL, ENOENT } = constants.errno;

/** @throws RangeError for a place that other machines can reach, unless that is allowed. */
export function checkReach(place: Place, allowRemote: boolean): void {
  if (isLocal(place) || allowRemote) return;
  throw new RangeError(`Listener.open: other machines can reach ${shown(addressFrom(place))}. Pass allowRemote: true if they shall, and an authkey; nothing that is sent is encrypted.`);
}

/** A listening socket. The file is removed at the end of the program; at once where it could not be used. @throws ConnectionError */
export function listen(place: Place, backlog: number, file: SocketFile | undefined): number {
  const fd = native().listenSocket(place.family, place.bytes, backlog);
  if (fd >= 0) {
    file?.removeAtExit();
    return fd;
  }
  if (file?.directory !== undefined) file.remove();
  throw refused(fd, place);
}

/** Where it listens: with the port that the system found for port 0. */
export function addressOf(fd: number, place: Place): Address {
  const name = native().socketName(fd, false);
  return addressFrom(typeof name === 'number' ? place : { family: place.family, bytes: name });
}

function refused(errno: Errno, place: Place): ConnectionError {
  const where = shown(addressFrom(place));
  return new ConnectionError(`Listener.open: cannot listen at ${where} (${nameOf(errno)}). ${adviceFor(errno, place)}`, { cause: systemError(errno, 'listen') });
}

function adviceFor(errno: Errno, { family }: Place): string {
  switch (errno) {
    case -EADDRINUSE:
      return family === UNIX ? 'Somebody listens there, or was killed and left its file: remove that first, or take another path.' : 'Somebody listens there: take another port, or 0 for any free one.';
    case -EACCES:
      return 'This user may not: take a directory of its own, or a port from 1024 on.';
    case -EADDRNOTAVAIL:
      return 'That is no address of this machine.';
    case -ENOENT:
      return 'Its directory does not exist.';
    default:
      return 'See the cause.';
  }
}
