/** Connects to a server: the client's side of the beginning in protocol.ts. */
import { identity, session, SHARE } from '@manycore/core/internal';
import { Client, type Address, type Connection } from '@manycore/queues';
import { Link } from '@manycore/queues/internal';
import { ManagerError } from '../errors.js';
import { VERSION } from '../protocol.js';
import { newProof } from '../wire/proof.js';
import { LinkWire } from '../wire/link-wire.js';
import { SocketWire } from '../wire/socket-wire.js';
import type { Wire } from '../wire/wire.js';

export interface OpeningOptions {
  readonly authkey: Uint8Array;
  readonly timeout?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly maxMessageBytes?: number | undefined;
}

export interface Opened {
  readonly serverId: string;
  readonly pid: number;
  readonly wire: Wire;
}

/** How long a server may take to answer once the key was proved. */
const ANSWER_MS = 10_000;

/** @throws what `Client` throws; ManagerError when what answers is no server of a manager, or of another version. */
export async function openConnection(address: Address, { authkey, timeout, signal, maxMessageBytes }: OpeningOptions): Promise<Opened> {
  const connection = await Client<unknown, unknown>(address, { authkey, timeout, signal, maxMessageBytes });
  try {
    await connection.send([VERSION, session().inheritance.identity, process.pid, identity().name]);
    const [version, serverId, pid, nonce] = (await answer(connection, signal)) as [number, string, number, Uint8Array | undefined];
    if (version !== VERSION) throw new ManagerError(`connect: the server at ${shown(address)} speaks version ${version} of the protocol, this side ${VERSION}. Use one version of @manycore/manager on both sides.`);
    const wire = nonce === undefined ? undefined : await overLink(connection, nonce, signal);
    return { serverId, pid, wire: wire ?? new SocketWire(connection) };
  } catch (error) {
    connection.close();
    throw error;
  }
}

async function answer(connection: Connection, signal: AbortSignal | undefined): Promise<unknown[]> {
  let value: unknown;
  try {
    value = await connection.recv({ timeout: ANSWER_MS, signal });
  } catch (cause) {
    signal?.throwIfAborted();
    throw new ManagerError('connect: what listens there knows the key, but does not answer as the server of a manager.', { cause });
  }
  if (Array.isArray(value)) return value as unknown[];
  throw new ManagerError('connect: what listens there knows the key, but is no server of a manager.');
}

/** Both are of one session: all else goes through shared memory. Undefined when the server does not want to. */
async function overLink(connection: Connection, nonce: Uint8Array, signal: AbortSignal | undefined): Promise<Wire | undefined> {
  const [mine, theirs] = Link.pair();
  const proof = newProof(nonce);
  try {
    const { block } = theirs[SHARE]();
    await connection.send([block.id, block.generation, proof.id, proof.generation]);
    const isTaken = await connection.recv({ timeout: ANSWER_MS, signal });
    if (isTaken !== true) {
      mine.close();
      return undefined;
    }
    connection.close();
    return new LinkWire(mine);
  } catch (error) {
    mine.close();
    throw error;
  } finally {
    theirs.close();
    session().heap.release(proof);
  }
}

export const shown = (address: Address): string => (typeof address === 'string' ? address : address.join(':'));
