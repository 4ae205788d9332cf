/**
 * What clients and servers of managers tell each other.
 *
 * First, over the socket, once both have proved that they have the key (the handshake of listeners):
 *
 * | client                                          | server                                                        |
 * | ----------------------------------------------- | ------------------------------------------------------------- |
 * | `[VERSION, session, pid, name]`                 | `[VERSION, server id, pid, nonce]`; anything else: the end    |
 * | `[link, its generation, proof, its generation]` | true; false: they go on over the socket                       |
 *
 * The second line only where there is a nonce: when both are of one session. The client makes a link in shared memory (queues) and a block with the nonce in it; a client that knows the number of somebody else's link
 * has no block with this nonce. From then on the link carries the messages and the socket is closed.
 *
 * A message is a value in the code of @manycore/core, then 8 words, which can be read also where the value cannot: how long the value is (bytes), what it is, the number of the call, the number of the object, the call
 * tree; the last three in two words each, the lower one first. Calls are numbered by the client, objects by the server, from 1 on, and no number comes again.
 *
 * | client   | call     | object   | value                                                                                   | server answers            |
 * | -------- | -------- | -------- | --------------------------------------------------------------------------------------- | ------------------------- |
 * | CREATE   | number   |          | `[...arguments, typeid, functions]`                                                     | DONE with a proxy, FAIL   |
 * | CALL     | number   | number   | `[...arguments, method, functions]`                                                     | DONE, ITERATOR, FAIL      |
 * | TRANSACT | number   | number   | `[undefined, '', functions]`                                                            | DONE, ITERATOR, FAIL      |
 * | CANCEL   | of a call |         |                                                                                         | that of the call          |
 * | ITERATE  | number   | number   |                                                                                         | ITERATOR, FAIL            |
 * | NEXT     | number   | iterator |                                                                                         | DONE `[values, is over]`, FAIL |
 * | RETURN   |          | iterator |                                                                                         |                           |
 * | DROP     | count    | number   |                                                                                         |                           |
 * | PIN      |          | number   | token: a proxy of the object is on its way to somebody, under this token                |                           |
 * | ADOPT    |          | number   | token: it has arrived here                                                              |                           |
 * | DEFINE   | function's number | | its name                                                                                |                           |
 * | SHUTDOWN | number   |          |                                                                                         | DONE, then the end        |
 *
 * `functions`: `[index of the argument, function's number or name][]`, or undefined. The server begins the calls of a connection in the order in which they came, and answers in any.
 * CANCELLABLE: the last argument had a signal, and is given one in the server.
 *
 * | killed        | the other side                                                                                                                             |
 * | ------------- | ------------------------------------------------------------------------------------------------------------------------------------------ |
 * | the server    | every pending call fails, and every later one                                                                                               |
 * | a client      | its calls are cancelled, its references dropped, what it held is released; its pins stay for PIN_MS, for whoever its proxies are on their way to |
 */
import { encode, encodeApart, encodeThrown, type Encoded } from '@manycore/core/internal';

export const VERSION = 1;

export const CREATE = 1;
export const CALL = 2;
export const TRANSACT = 3;
export const CANCEL = 4;
export const ITERATE = 5;
export const NEXT = 6;
export const RETURN = 7;
export const DROP = 8;
export const PIN = 9;
export const ADOPT = 10;
export const DEFINE = 11;
export const SHUTDOWN = 12;

export const DONE = 32;
export const FAIL = 33;
export const ITERATOR = 34;

export const KIND_MASK = 0xff;
export const CANCELLABLE = 0x100;

/** How long a proxy may be on its way after its sender has ended, and an arrival be known before its sending. */
export const PIN_MS = 60_000;

export type Functions = readonly (readonly [index: number, fn: unknown])[] | undefined;

const WORDS = 8;
export const HEADER_BYTES = WORDS * 4;
const HALF = 2 ** 32;

/** A message of the protocol. @param isLocal - large buffers may stay where they are until they are copied into a link. @param root - what messages call the value. @throws SerializationError */
export function messageOf(isLocal: boolean, kind: number, call: number, object: number, tree: number, value: unknown, root: string): Encoded {
  const message = isLocal ? encodeApart(value, root) : encode(value, root);
  addHeader(message, kind, call, object, tree);
  return message;
}

/** What a call failed with, for certain. */
export function failureOf(call: number, thrown: unknown): Encoded {
  const message = encodeThrown(thrown, 'error');
  addHeader(message, FAIL, call, 0, 0);
  return message;
}

function addHeader(message: Encoded, kind: number, call: number, object: number, tree: number): void {
  const { head } = message;
  const at = message.append(WORDS);
  const { words } = message;
  words[at] = head;
  words[at + 1] = kind;
  words[at + 2] = call;
  words[at + 3] = call / HALF;
  words[at + 4] = object;
  words[at + 5] = object / HALF;
  words[at + 6] = tree;
  words[at + 7] = tree / HALF;
}

/** The words of a message that came; one object, valid until the next. */
export class Header {
  length = 0;
  kind = 0;
  call = 0;
  object = 0;
  tree = 0;

  /** @param length - of the message; payloads not counted. False for what is no message. */
  read(bytes: Buffer, length: number): boolean {
    const at = length - HEADER_BYTES;
    if (at < 0) return false;
    this.length = bytes.readInt32LE(at);
    this.kind = bytes.readInt32LE(at + 4);
    this.call = wide(bytes, at + 8);
    this.object = wide(bytes, at + 16);
    this.tree = wide(bytes, at + 24);
    return this.length >= 0 && this.length <= at;
  }
}

const wide = (bytes: Buffer, at: number): number => bytes.readUInt32LE(at) + bytes.readUInt32LE(at + 4) * HALF;
