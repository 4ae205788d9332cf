/**
 * Who this process is in its tree: name, parent, whether it is the main program. Set once by the entry of a child, before any user module is imported; otherwise this is the main program.
 * Kept beside the session, so that every copy of this package in the thread sees the same, and in the addon, so that every thread of the process does: a worker thread of a child is no main
 * program, and has its process's authkey.
 *
 * A thread that was started as a child (start method `thread`) is a process of its own in this respect: it has its identity, and its count of children, for itself and for the worker threads
 * that it starts, which inherit it as environment data.
 */
import { closeSync, openSync, readSync } from 'node:fs';
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

/** The key of the environment data in which a thread that is a child keeps who it is. */
export const THREAD_IDENTITY = 'manycore.thread-identity@1';

export interface ThreadIdentity {
  /** Of the child itself; worker threads below it have others. */
  readonly threadId: number;
  /** The identity as JSON, the authkey in base64. */
  readonly text: string;
  /** How many children it and its worker threads have made. */
  readonly children: Int32Array;
}

export function identity(): Identity {
  return (globals[KEY] ??= parsed(ofThread()?.text) ?? shared(mainProgram(), false)) as Identity;
}

/** For this thread and those that ask later. */
export function setIdentity(value: Identity): void {
  const own = ofThread();
  if (own === undefined) globals[KEY] = shared(value, true);
  else {
    globals[KEY] = value;
    process.getBuiltinModule('node:worker_threads').setEnvironmentData(THREAD_IDENTITY, { ...own, text: textOf(value) });
  }
}

/** The number of the next child: counted by all threads of the process, or of the thread that is a child, together. */
export function countChild(): number {
  const own = ofThread();
  return own === undefined ? native().countChild() : Atomics.add(own.children, 0, 1) + 1;
}

/** Whether this thread, and not its process, is what the identity is about. */
export function isThreadChild(): boolean {
  return ofThread()?.threadId === process.getBuiltinModule('node:worker_threads').threadId;
}

function ofThread(): ThreadIdentity | undefined {
  try {
    if (native().isMainThread) return undefined;
  } catch {
    // As in `shared`.
    return undefined;
  }
  return process.getBuiltinModule('node:worker_threads').getEnvironmentData(THREAD_IDENTITY) as ThreadIdentity | undefined;
}

const textOf = (value: Identity): string => JSON.stringify({ ...value, authkey: value.authkey.toString('base64') });

function parsed(text: string | undefined): Identity | undefined {
  if (text === undefined) return undefined;
  const known = JSON.parse(text) as Omit<Identity, 'authkey'> & { authkey: string };
  return { ...known, authkey: Buffer.from(known.authkey, 'base64') };
}

/** Makes `value` known to all threads of the process, unless one was before and is not to be replaced; what is in force. */
function shared(value: Identity, replace: boolean): Identity {
  let inForce;
  try {
    inForce = native().identity(textOf(value), replace);
  } catch {
    // Who this is can be told without the addon; whoever needs it gets the error that says why there is none.
    return value;
  }
  return parsed(inForce)!;
}

const AUTHKEY_BYTES = 32;

/** From the generator of the kernel. `node:crypto` asks it too, but takes 6 ms to load, and this is needed as soon as the package is imported. */
function newAuthkey(): Buffer {
  const key = Buffer.alloc(AUTHKEY_BYTES);
  try {
    const device = openSync('/dev/urandom', 'r');
    try {
      if (readSync(device, key) === AUTHKEY_BYTES) return key;
    } finally {
      closeSync(device);
    }
  } catch {
    // A system without it, or a permission that is not granted.
  }
  return process.getBuiltinModule('node:crypto').randomBytes(AUTHKEY_BYTES);
}

const mainProgram = (): Identity => ({
  name: 'MainProcess',
  isMain: true,
  daemon: false,
  path: [],
  parent: null,
  authkey: newAuthkey(),
});
