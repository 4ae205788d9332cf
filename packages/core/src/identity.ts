/**
 * Who this process is in its tree: name, parent, whether it is the main program. Set once by the entry of a child process, before any user module is imported; otherwise this is the main
 * program. Kept beside the session, so that every copy of this package in the thread sees the same, and in the addon, so that every thread of the process does: a worker thread of a child
 * is no main program, and has its process's authkey.
 */
import { native } from './native.js';

export interface Identity {
  readonly name: string;
  readonly isMain: boolean;
  readonly daemon: boolean;
  /** Child numbers from the root, e.g. [1, 2] for the second child of the first. Names of children are made of it. */
  readonly path: readonly number[];
  readonly parent: { readonly pid: number; readonly name: string } | null;
  readonly authkey: Buffer;
}

const KEY = Symbol.for('manycore.identity@1');
const globals = globalThis as Record<symbol, unknown>;

export function identity(): Identity {
  return (globals[KEY] ??= shared(mainProgram(), false)) as Identity;
}

/** For this thread and those that ask later. */
export function setIdentity(value: Identity): void {
  globals[KEY] = shared(value, true);
}

/** Makes `value` known to all threads of the process, unless one was before and is not to be replaced; what is in force. */
function shared(value: Identity, replace: boolean): Identity {
  let inForce;
  try {
    inForce = native().identity(JSON.stringify({ ...value, authkey: value.authkey.toString('base64') }), replace);
  } catch {
    // Who this is can be told without the addon; whoever needs it gets the error that says why there is none.
    return value;
  }
  const known = JSON.parse(inForce) as Omit<Identity, 'authkey'> & { authkey: string };
  return { ...known, authkey: Buffer.from(known.authkey, 'base64') };
}

/** A child is given its key: only a main program pays for loading the module that makes one. */
const mainProgram = (): Identity => ({
  name: 'MainProcess',
  isMain: true,
  daemon: false,
  path: [],
  parent: null,
  authkey: process.getBuiltinModule('node:crypto').randomBytes(32),
});
