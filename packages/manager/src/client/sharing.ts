/**
 * A proxy on its way to another process or thread. What travels is where its server is and which object it stands for; a pin, under a token, keeps the object until the proxy has arrived.
 *
 * Between a server and one of its clients there is no need of a pin: the server counts a reference of the client's when it sends one. So while a message is written, or read, it is known here for whom, or from whom, it is.
 */
import type { Address } from '@manycore/queues';
import type { Handle } from '../handle.js';
import type { RemoteObject } from '../remote-object.js';

/** What travels. Without a token: the server itself sent it to a client of its. The key only where it is not that of the process tree: in shared memory, which a socket refuses, so that it cannot leave the tree. */
export type SharedProxy = readonly [serverId: string, address: Address, objectId: number, typeid: string, token?: string | undefined, key?: Uint8Array | undefined];

export type MakeProxy = (handle: Handle) => RemoteObject;

/** A server in this thread: proxies that arrive at it are of its own objects. */
export interface LocalServer {
  arrived(objectId: number, token: string | undefined, make: MakeProxy): RemoteObject;
}

/** Whom a server's message came from. */
export interface Sender {
  readonly serverId: string | undefined;
  arrived(objectId: number, typeid: string, token: string | undefined, make: MakeProxy): RemoteObject;
}

export const localServers = new Map<string, LocalServer>();

let receiver: unknown;
let sender: Sender | undefined;
let tokens = 0;
let tokenPrefix: string | undefined;

export const newToken = (): string => `${(tokenPrefix ??= crypto.randomUUID())}:${++tokens}`;

/** Writes a message for `who`. */
export function writingFor<R>(who: unknown, write: () => R): R {
  const before = receiver;
  receiver = who;
  try {
    return write();
  } finally {
    receiver = before;
  }
}

/** Whom the message that is being written now is for; undefined: for anybody. */
export const receiverNow = (): unknown => receiver;

/** Reads a message that a server sent. */
export function readingFrom<R>(who: Sender, read: () => R): R {
  const before = sender;
  sender = who;
  try {
    return read();
  } finally {
    sender = before;
  }
}

export const senderNow = (): Sender | undefined => sender;
