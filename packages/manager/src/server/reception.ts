/** Takes a connection in: the server's side of the beginning in protocol.ts. */
import { randomBytes } from 'node:crypto';
import { ManycoreError } from '@manycore/core';
import { decode, session, type BlockRef } from '@manycore/core/internal';
import type { Connection } from '@manycore/queues';
import { Link } from '@manycore/queues/internal';
import { VERSION } from '../protocol.js';
import { LinkWire } from '../wire/link-wire.js';
import { isProof, NONCE_BYTES } from '../wire/proof.js';
import { SocketWire } from '../wire/socket-wire.js';
import type { Wire } from '../wire/wire.js';

/** For each step. */
const HELLO_MS = 10_000;
const MOST_HELLO_BYTES = 4096;
const MOST_NAME_LENGTH = 256;

export interface Guest {
  readonly pid: number;
  readonly name: string;
  readonly wire: Wire;
}

/** Undefined for one that says nothing in time, or anything else: the connection is closed then. */
export async function receiveGuest(connection: Connection, serverId: string): Promise<Guest | undefined> {
  try {
    const [version, identity, pid, name] = await message(connection);
    const isSameSession = identity === session().inheritance.identity;
    const nonce = isSameSession ? randomBytes(NONCE_BYTES) : undefined;
    await connection.send([VERSION, serverId, process.pid, nonce], { timeout: HELLO_MS });
    if (version !== VERSION || typeof pid !== 'number' || typeof name !== 'string' || name.length > MOST_NAME_LENGTH) throw new TypeError('The client does not say who it is.');
    const link = nonce === undefined ? undefined : linkOf(await message(connection), nonce);
    if (nonce !== undefined) await connection.send(link !== undefined, { timeout: HELLO_MS });
    if (link !== undefined) connection.close();
    return { pid, name, wire: link === undefined ? new SocketWire(connection) : new LinkWire(link) };
  } catch {
    // It has ended, is silent, or speaks something else: nobody here could do anything about it.
    connection.close();
    return undefined;
  }
}

async function message(connection: Connection): Promise<unknown[]> {
  const bytes = await connection.recvBytes({ timeout: HELLO_MS, maxLength: MOST_HELLO_BYTES });
  return decode(bytes, 0, bytes.length, { own: true, foreign: true }) as unknown[];
}

/** The client's link, if it proves that it is of this session. */
function linkOf([linkId, linkGeneration, proofId, proofGeneration]: unknown[], nonce: Buffer): Link | undefined {
  if (!isProof(refOf(proofId, proofGeneration), nonce)) return undefined;
  try {
    return Link.open(refOf(linkId, linkGeneration));
  } catch (error) {
    if (ManycoreError.isInstance(error)) return undefined;
    throw error;
  }
}

function refOf(id: unknown, generation: unknown): BlockRef {
  if (Number.isInteger(id) && Number.isInteger(generation)) return { id: id as number, generation: generation as number };
  throw new TypeError('A client names memory in a way that makes no sense.');
}
