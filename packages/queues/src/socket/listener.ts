import { inspect } from 'node:util';
import { ClosedError, SerializationError, TimeoutError, type WaitOptions } from '@manycore/core';
import { deadlineOf, describe, READY, SHARE, type Readiness, type Shareable, type ShareRecord, type Waitable } from '@manycore/core/internal';
import { Connection } from '../connection/connection.js';
import { AuthenticationError } from '../errors.js';
import { announceChange, whenChanged } from '../ready/changes.js';
import { checkedAddress, checkedFamily, placeOf, shown, type Address, type AddressFamily } from './address.js';
import { checkedKey } from './authkey.js';
import { HANDSHAKE_MS } from './handshake.js';
import { addressOf, checkReach, listen } from './listening.js';
import { checkedMessageLimit } from './message-limit.js';
import { Reception } from './reception.js';
import { SocketFile } from './socket-file.js';

/** Options of `Listener.open`. */
export interface ListenerOptions {
  /** A path, or a NUL and an abstract name, or `[host, port]` with 0 for any free port. Default: a new path in a directory that only this user can enter; for `'AF_INET'` a free port of 127.0.0.1. */
  address?: Address | undefined;
  /** What kind of address it is; default: found out from the address, `'AF_UNIX'` without one. */
  family?: AddressFamily | undefined;
  /** Bytes, or a string (UTF-8), that clients must have too; take 32 random bytes or more. Default: none, then whoever can connect is accepted. */
  authkey?: Uint8Array | string | undefined;
  /** How many connections the system keeps for the listener until it takes them; default 1, as in Python. */
  backlog?: number | undefined;
  /** Allows an address that other machines can reach; default false. */
  allowRemote?: boolean | undefined;
  /** A longer message is refused with MessageTooLongError when it is received by an accepted connection. In bytes; default 64 MiB. */
  maxMessageBytes?: number | undefined;
  /** Milliseconds that a client may take for the handshake; default 10 000. */
  handshakeTimeout?: number | undefined;
}

const MOST_BACKLOG = 0x7fff_ffff;

/**
 * Accepts connections over a Unix socket or TCP, from `Client` of this package or of CPython (3.12 or later).
 *
 * With an `authkey` both sides prove that they have it (HMAC-SHA256, as in CPython). That begins as soon as a client connects, also while no call of `accept` waits, in the event loop of this thread: not while it is
 * blocked. All clients are asked side by side, so that a silent one keeps nobody waiting. One that proved it waits for its `accept`, as long as it takes; one with a wrong key is turned away, and the next `accept`
 * told; one that does not prove it within `handshakeTimeout`, or sends anything else, is dropped without a word. Those that are being asked, wait or are to be told of are 64 at most; further clients wait in the
 * system's backlog. Without a key all do, until `accept` is called.
 *
 * The key proves who connects; nothing is encrypted or signed afterwards. Whoever has the key is trusted with `recv`: values of registered classes are rebuilt. No module is ever loaded for them.
 *
 * An open listener does not keep the event loop alive, nor do clients that wait for their `accept`; a waiting `accept` does. One that nobody refers to any more is closed by the garbage collector, as in Python, and
 * with it the clients that wait. The socket's file is removed by `close` and at the end of the program. Of a killed one, a file in a directory of our own is removed when the last process of its tree is gone; a file at a path
 * of yours stays, as in Python.
 *
 * @see Python `multiprocessing.connection.Listener`. Differs: made by `await Listener.open(options)`; `accept` is a promise only; authenticates side by side, and before `accept` is called; refuses addresses that other
 *   machines can reach unless told otherwise; no `AF_PIPE`.
 */
export class Listener<Received = unknown, Sent = unknown> implements AsyncIterable<Connection<Received, Sent>>, Waitable, Shareable {
  readonly #reception: Reception;
  readonly #address: Address;
  readonly #file: SocketFile | undefined;
  #lastAccepted: Address | null = null;
  #isClosed = false;

  /** @internal Listeners are made by `Listener.open`. */
  constructor(reception: Reception, address: Address, file: SocketFile | undefined) {
    if (!((reception as unknown) instanceof Reception)) throw new TypeError("Listener: a listener is not made by `new`: use `await Listener.open({ address: ['127.0.0.1', 0] })`, with the other arguments as options too.");
    this.#reception = reception;
    this.#address = address;
    this.#file = file;
  }

  /**
   * Binds the address and listens. Does not block the event loop.
   * @throws TypeError, RangeError for options that do not fit, also for an address that other machines can reach without `allowRemote`; ConnectionError when the system refuses, because the address is in use, say: its
   *   `cause` has the system's code.
   */
  static async open<Received = unknown, Sent = unknown>(options: ListenerOptions = {}): Promise<Listener<Received, Sent>> {
    const call = 'Listener.open';
    if (typeof options !== 'object' || options === null || Array.isArray(options)) throw new TypeError(`${call}: expected an options object, { address: … }, got ${describe(options)}.`);
    const family = checkedFamily(options.family, call);
    const address = options.address === undefined ? undefined : checkedAddress(options.address, family, call);
    const key = checkedKey(options.authkey, call);
    const backlog = wholeNumber(options.backlog, 1, 'backlog', MOST_BACKLOG);
    const handshakeMs = wholeNumber(options.handshakeTimeout, HANDSHAKE_MS, 'handshakeTimeout', MOST_BACKLOG);
    const maxMessageBytes = checkedMessageLimit(options.maxMessageBytes, call);
    const file = address === undefined && family !== 'AF_INET' ? SocketFile.inPrivateDirectory() : fileOf(address);
    const place = await placeOf(file?.address ?? address ?? ['127.0.0.1', 0], Infinity, undefined, call);
    checkReach(place, options.allowRemote === true);
    const fd = listen(place, Math.max(1, backlog), file);
    const bound = file?.address ?? addressOf(fd, place);
    const reception = new Reception(fd, { family: place.family, where: shown(bound), key, maxMessageBytes, handshakeMs });
    return new Listener<Received, Sent>(reception, bound, file);
  }

  /** Where clients connect: with the port that was found for port 0. Python: `Listener.address`. */
  get address(): Address {
    return this.#address;
  }

  /** Where the connection came from that `accept` gave out last; '' for a Unix socket without a name, null before the first. Python: `Listener.last_accepted`. */
  get lastAccepted(): Address | null {
    return this.#lastAccepted;
  }

  /**
   * Takes the next connection, waiting while there is none. Does not block the event loop. With a key, only connections whose client has proved that it has it, in the order in which they did.
   * The client may have ended meanwhile: then receiving reads the end of file, as in Python.
   *
   * @throws AuthenticationError when a client with a wrong key was turned away, also before the call, or one that only knows the old MD5 form: accept again for the next one. TimeoutError; the signal's reason when aborted; ClosedError after
   *   `close`, and when it is closed meanwhile; ConnectionError when the system refuses, because no descriptor is left, say.
   * @see Python `Listener.accept`.
   */
  async accept(options?: WaitOptions): Promise<Connection<Received, Sent>> {
    this.#open('accept');
    const deadline = deadlineOf(options, 'Listener.accept');
    const accepted = await this.#reception.accept(deadline, options?.signal);
    if (accepted === undefined) throw new TimeoutError(`Listener.accept: no connection came${options?.timeout === undefined ? '' : ` within ${options.timeout} ms`}.`);
    this.#lastAccepted = accepted.peer;
    return new Connection<Received, Sent>(accepted.channel);
  }

  /** Stops listening: waiting calls reject with ClosedError, clients that were not accepted are turned away, the socket's file is removed. Accepted connections go on. A second time does nothing. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#reception.close(() => new ClosedError('Listener.accept: this listener was closed.'));
    this.#file?.remove();
    announceChange(this.#reception);
  }

  /** Accepts connections until the listener is closed; clients with a wrong key are passed over. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Connection<Received, Sent>, void, undefined> {
    while (!this.#isClosed) {
      let connection: Connection<Received, Sent>;
      try {
        connection = await this.accept();
      } catch (error) {
        if (AuthenticationError.isInstance(error)) continue;
        if (ClosedError.isInstance(error)) return;
        throw error;
      }
      yield connection;
    }
  }

  [Symbol.dispose](): void {
    this.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.close();
    return Promise.resolve();
  }

  /** Ready when an accept would not wait. Without a key that is when a client knocks, as in Python. */
  [READY](): Readiness {
    const reception = this.#open('waitReady');
    const { fd } = reception;
    const isReady = (): boolean => this.#open('waitReady').isReady;
    return { isReady, places: [], ...(fd === undefined ? {} : { fd }), whenChanged: (look) => whenChanged(reception, look) };
  }

  [SHARE](): ShareRecord {
    throw new SerializationError('Listener: a listener stays in its process. Send its `address`, and connect there with Client.');
  }

  [inspect.custom](): string {
    return this.#isClosed ? '<Listener(closed)>' : `<Listener(${shown(this.#address)})>`;
  }

  #open(call: string): Reception {
    if (this.#isClosed) throw new ClosedError(`Listener.${call}: this listener was closed.`);
    return this.#reception;
  }
}

const fileOf = (address: Address | undefined): SocketFile | undefined => (typeof address === 'string' && !address.startsWith('\0') ? SocketFile.at(address) : undefined);

function wholeNumber(value: unknown, byDefault: number, what: string, most: number): number {
  if (value === undefined) return byDefault;
  if (typeof value !== 'number' || Number.isNaN(value)) throw new TypeError(`Listener.open: ${what} must be a number, got ${describe(value)}.`);
  if (!Number.isInteger(value) || value < 0 || value > most) throw new RangeError(`Listener.open: ${what} must be a whole number from 0 to ${most}, got ${value}.`);
  return value;
}
