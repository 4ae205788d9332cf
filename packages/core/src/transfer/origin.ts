/** Who an error comes from: told to the receiver with every error that is sent. */

import { identity } from '../identity.js';

export interface RemoteOrigin {
  readonly pid: number;
  readonly processName: string;
  /** The stack as it was where the error was made. */
  readonly stack: string;
}

export type Origin = Pick<RemoteOrigin, 'pid' | 'processName'>;

let own: Origin | undefined;

/** Says who this process (or thread) is, where `identity()` does not know it. Errors encoded from now on carry it. */
export function setOrigin(origin: Origin): void {
  own = { pid: origin.pid, processName: origin.processName };
}

// Kept apart from the `remote` property, which a user may set on any error.
const origins = new WeakMap<object, RemoteOrigin>();

/** Where a decoded error was made; undefined for an error of this process. An error that is passed on keeps its first origin. */
export function remoteOriginOf(error: object): RemoteOrigin | undefined {
  return origins.get(error);
}

export function rememberOrigin(error: object, origin: RemoteOrigin): void {
  origins.set(error, origin);
}

export function ownOrigin(): Origin {
  return own ?? { pid: process.pid, processName: identity().name };
}
