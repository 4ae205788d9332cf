import { TimeoutError } from '@manycore/core';
import { deadlineOf, now, type Deadline } from '@manycore/core/internal';
import { Connection } from '../connection/connection.js';
import { AuthenticationError, EOFError } from '../errors.js';
import { checkedAddress, placeOf, shown, type Address, type AddressFamily } from './address.js';
import { checkedKey } from './authkey.js';
import { connect } from './connecting.js';
import { HANDSHAKE_MS, shakeHands, type Outcome } from './handshake.js';
import { checkedMessageLimit } from './message-limit.js';
import { SocketChannel } from './socket-channel.js';

/** Options of `Client`. */
export interface ClientOptions {
  /** The key that the listener has, bytes or a string (UTF-8); default: none, then the listener must have none. */
  authkey?: Uint8Array | string | undefined;
  /** Milliseconds for connecting and for the handshake together; default: no limit for connecting, 10 s for the handshake. */
  timeout?: number | undefined;
  /** Ends the wait: the promise rejects with `signal.reason`. */
  signal?: AbortSignal | undefined;
  /** What kind of address it is; found out from the address by default. */
  family?: AddressFamily | undefined;
  /** A longer message is refused with MessageTooLongError when it is received. In bytes; default 64 MiB. */
  maxMessageBytes?: number | undefined;
}

/**
 * Connects to a listener, of this package or of CPython (3.12 or later), and proves with `authkey` that both belong together. Does not block the event loop.
 *
 * The key is proved, not sent; what follows is neither encrypted nor signed. Over a network that others can reach, go through a tunnel (SSH, WireGuard).
 * A listener of this package takes part in the handshake whenever its thread is not blocked, one of CPython in its `accept`.
 *
 * The connection can be sent to other processes and threads of the tree, like any value: both have it then. Its sender has to live until it has arrived there.
 *
 * @param address - a path, or a NUL and an abstract name, or `[host, port]` (IPv4).
 * @throws TypeError, RangeError for arguments that do not fit; ConnectionError when there is no connection (its `cause` has the system's code); AuthenticationError when one side's key is not the other's, or only
 *   one of them has a key; EOFError when the listener goes away meanwhile; TimeoutError; the signal's reason when aborted.
 * @see Python `multiprocessing.connection.Client`. Differs: waits at most 10 s for the handshake; no `AF_PIPE`; peers that only know HMAC-MD5 (until 3.11) are refused.
 */
export async function Client<Received = unknown, Sent = unknown>(address: Address, options: ClientOptions = {}): Promise<Connection<Received, Sent>> {
  const deadline = deadlineOf(options, 'Client');
  const { authkey, signal, family } = options;
  const target = checkedAddress(address, family, 'Client');
  const key = checkedKey(authkey, 'Client');
  const maxMessageBytes = checkedMessageLimit(options.maxMessageBytes, 'Client');
  signal?.throwIfAborted();
  const where = shown(target);
  const fd = await connect(await placeOf(target, deadline, signal, 'Client'), where, deadline, signal);
  const channel = new SocketChannel(fd, where, maxMessageBytes);
  try {
    if (key !== undefined) await authenticate(channel, key, where, deadline, signal);
  } catch (error) {
    channel.close();
    throw error;
  }
  return new Connection<Received, Sent>(channel);
}

async function authenticate(channel: SocketChannel, key: Buffer, where: string, deadline: Deadline, signal: AbortSignal | undefined): Promise<void> {
  const limit = now() + HANDSHAKE_MS;
  const outcome = await shakeHands('client', channel, key, Math.min(deadline, limit), signal);
  if (outcome === 'welcome') return;
  if (outcome === 'silent' && deadline < limit) {
    throw new TimeoutError(`Client: ${where} did not answer in time. Is its thread blocked or, in Python, not accepting? ${ONE_KEY}`);
  }
  throw failure(outcome, where);
}

const ONE_KEY = 'If one side has a key and the other none, they wait for each other like this.';

function failure(outcome: Exclude<Outcome, 'welcome'>, where: string): Error {
  switch (outcome) {
    case 'wrong':
      return new AuthenticationError(`Client: ${where} has another authkey than this side.`);
    case 'old':
      return new AuthenticationError(`Client: ${where} only knows the old handshake with HMAC-MD5 (CPython until 3.11), which is refused. Use 3.12 or later there.`);
    case 'nonsense':
      return new AuthenticationError(`Client: what ${where} sent is no part of a handshake: one side has a key and the other none, or it is no listener of manycore or of Python.`);
    case 'silent':
      return new AuthenticationError(`Client: ${where} did not take part in the handshake within ${HANDSHAKE_MS} ms. Is its thread blocked or, in Python, not accepting? ${ONE_KEY}`);
    case 'gone':
      return new EOFError(`Client: ${where} closed the connection during the handshake: it has ended, or has no patience with this side, or one side has a key and the other none.`);
  }
}
