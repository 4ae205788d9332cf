/**
 * Who this process is in its tree: name, parent, whether it is the main program. Set once by the entry of a child process, before any user module is imported; otherwise this is the main
 * program. Kept beside the session, so that every copy of this package in the thread sees the same.
 */
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
  return (globals[KEY] ??= { name: 'MainProcess', isMain: true, daemon: false, path: [], parent: null, authkey: newAuthkey() } satisfies Identity) as Identity;
}

export function setIdentity(value: Identity): void {
  globals[KEY] = value;
}

/** A child is given its key: only a main program pays for loading the module that makes one. */
function newAuthkey(): Buffer {
  return process.getBuiltinModule('node:crypto').randomBytes(32);
}
