/** What a manager is made with. */
import { describe, identity } from '@manycore/core/internal';
import type { StartMethod } from '@manycore/process';
import type { Address } from '@manycore/queues';

/** Options of a manager. */
export interface ManagerOptions {
  /** Where the server is, or is to be: a path, or `[host, port]` with 0 for any free port. Default: a socket in a place that only this user can enter. */
  address?: Address | undefined;
  /** The key that clients and the server must share: bytes, or a string (UTF-8). Default: that of the process tree (`currentProcess().authkey`), which other programs do not have. */
  authkey?: Uint8Array | string | undefined;
  /** Allows the server an address that other machines can reach. The key is proved, not sent, but nothing is encrypted: go through a tunnel. Default false. */
  allowRemote?: boolean | undefined;
  /** A longer message is refused, and ends the connection that it came by. Of sockets alone. In bytes; default 64 MiB. */
  maxMessageBytes?: number | undefined;
  /** How long `shutdown` waits for the server before each signal. In milliseconds; default 1000. */
  shutdownTimeout?: number | undefined;
  /** How the server's process is started; default: as `setStartMethod` says, at the time of `start()`. */
  startMethod?: StartMethod | undefined;
}

export interface ManagerSettings extends Omit<ManagerOptions, 'authkey' | 'shutdownTimeout'> {
  readonly authkey: Buffer;
  readonly shutdownMs: number;
}

const KNOWN = ['address', 'authkey', 'allowRemote', 'maxMessageBytes', 'shutdownTimeout', 'startMethod'];
const SHUTDOWN_MS = 1000;

/** @param name - of the class, for messages. @throws TypeError, RangeError */
export function managerSettings(options: unknown, name: string): ManagerSettings {
  const call = `new ${name}(options)`;
  if (typeof options !== 'object' || options === null) throw new TypeError(`${call}: expected an options object, got ${describe(options)}.`);
  const unknown = Object.keys(options).find((key) => !KNOWN.includes(key));
  if (unknown !== undefined) throw new TypeError(`${call}: there is no option ${unknown}. There are: ${KNOWN.join(', ')}.`);
  const { authkey, shutdownTimeout = SHUTDOWN_MS, ...rest } = options as ManagerOptions;
  if (typeof shutdownTimeout !== 'number' || Number.isNaN(shutdownTimeout)) throw new TypeError(`${call}: shutdownTimeout must be a number of milliseconds, got ${describe(shutdownTimeout)}.`);
  if (shutdownTimeout < 0) throw new RangeError(`${call}: shutdownTimeout must be 0 or more milliseconds, got ${shutdownTimeout}.`);
  return { ...rest, authkey: checkedKey(authkey, call), shutdownMs: shutdownTimeout };
}

/** Messages never show it. */
function checkedKey(authkey: unknown, call: string): Buffer {
  if (authkey === undefined) return identity().authkey;
  if (typeof authkey !== 'string' && !(authkey instanceof Uint8Array)) throw new TypeError(`${call}: authkey must be bytes (a Uint8Array) or a string, got a value of type ${typeof authkey}.`);
  const key = typeof authkey === 'string' ? Buffer.from(authkey, 'utf8') : Buffer.from(authkey);
  if (key.length === 0) throw new RangeError(`${call}: authkey is empty. Take at least 32 random bytes, or leave it out for the key of the process tree.`);
  return key;
}
