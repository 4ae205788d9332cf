import type { Duplex } from 'node:stream';
import { inspect } from 'node:util';
import { InvalidStateError, type SyncWaitOptions, type WaitOptions } from '@manycore/core';
import { describe, READY, SHARE, type Readiness, type Shareable, type ShareRecord, type Waitable } from '@manycore/core/internal';
import { EOFError } from '../errors.js';
import { whenChanged } from '../ready/changes.js';
import { partOf, viewOf, type Bytes } from './bytes.js';
import { ChannelUse } from './channel-use.js';
import type { Channel, Incoming } from './channel.js';
import { bytesUpTo, ownBytes, putInto, rawMessage, timeUp, VALUE } from './messages.js';
import { StreamedConnection, type StreamOptions } from './streamed.js';
import { nodeStream } from './to-node.js';
import { webStreams, type WebStreams } from './to-web.js';

/** Options of `recvBytes`. */
export interface RecvBytesOptions extends WaitOptions {
  /** In bytes; default: no limit. */
  maxLength?: number | undefined;
}

export interface SyncRecvBytesOptions extends SyncWaitOptions {
  maxLength?: number | undefined;
}

/**
 * One end of a pipe or of a socket connection: whole messages go in and come out, in order. Made by `Pipe()`, `Client()` or `Listener.accept()`.
 *
 * An end may be held in several processes and threads: it can be sent like any value, and it counts as open until all of them have closed it, let the garbage collector have it, or ended. Then the other
 * side reads `EOFError` once it has taken what was sent, and its sends throw `BrokenPipeError`. So close your own copy of an end that you handed over, as in Python.
 *
 * A `send` that returned is in shared memory (pipe) or with the operating system (socket): it outlives its sender. A receiver that dies takes along the message it was receiving. A sender that is killed in
 * the middle of a long message leaves nothing of it.
 *
 * Memory: what was written before a `send` is visible after the `recv` that takes the message.
 *
 * @see Python `multiprocessing.connection.Connection`. Differs: milliseconds; a promise form of each call; `recv` of what `sendBytes` sent (or the reverse) through a pipe throws InvalidStateError and leaves the message.
 */
export class Connection<Received = unknown, Sent = unknown> implements Shareable, Waitable, AsyncIterable<Received> {
  readonly #use: ChannelUse;
  #isStream = false;

  /** @internal Connections are made by `Pipe`, `Client` and `Listener`. */
  constructor(channel: Channel) {
    this.#use = new ChannelUse(channel);
  }

  /** Whether this object was closed. */
  get closed(): boolean {
    return this.#use.isClosed;
  }

  /** Whether it can receive: not the writing end of a one-way pipe. */
  get readable(): boolean {
    return this.#use.opened('readable').isReadable && !this.#use.isDeaf;
  }

  /** Whether it can send. */
  get writable(): boolean {
    return this.#use.opened('writable').isWritable;
  }

  /**
   * Sends a value, waiting while the other side is far behind. Does not block the event loop. The value is cloned at the call, as by `structuredClone`; objects of manycore and views on shared memory arrive as
   * the same shared objects (through a pipe; a socket refuses them).
   *
   * @throws SerializationError when the value cannot be sent; BrokenPipeError when nobody has the other end; TimeoutError; the signal's reason when aborted; ClosedError after `close`; InvalidStateError on an end
   *   that only reads. In all cases nothing was sent; but of a socket, which takes long messages in parts, a part cannot be taken back: then the rest is written in the background, and the TimeoutError says so.
   * @see Python `Connection.send`.
   */
  async send(value: Sent, options?: WaitOptions): Promise<void> {
    const deadline = this.#use.begin('send', options);
    const channel = this.#use.writable('send');
    if (!(await channel.send('value', channel.encode(value), deadline, options?.signal))) throw timeUp('send', options);
  }

  /** As `send`, blocking the thread while there is no room. */
  sendSync(value: Sent, options?: SyncWaitOptions): void {
    const deadline = this.#use.begin('sendSync', options);
    const channel = this.#use.writable('sendSync');
    if (!channel.sendBlocked('value', channel.encode(value), deadline)) throw timeUp('sendSync', options);
  }

  /**
   * Sends bytes as they are, as one message; empty ones too. Does not block the event loop. What happens to `buffer` after the call is not seen by the receiver.
   * @param offset - where the bytes begin in `buffer`; default 0. @param size - how many; default: to its end.
   * @throws TypeError, RangeError for arguments that do not fit; else as `send`.
   * @see Python `Connection.send_bytes`.
   */
  async sendBytes(buffer: Bytes, offset?: number, size?: number, options?: WaitOptions): Promise<void> {
    const deadline = this.#use.begin('sendBytes', options);
    const message = rawMessage(buffer, offset, size, 'sendBytes');
    if (!(await this.#use.writable('sendBytes').send('bytes', message, deadline, options?.signal))) throw timeUp('sendBytes', options);
  }

  /** As `sendBytes`, blocking the thread while there is no room. */
  sendBytesSync(buffer: Bytes, offset?: number, size?: number, options?: SyncWaitOptions): void {
    const deadline = this.#use.begin('sendBytesSync', options);
    const message = rawMessage(buffer, offset, size, 'sendBytesSync');
    if (!this.#use.writable('sendBytesSync').sendBlocked('bytes', message, deadline)) throw timeUp('sendBytesSync', options);
  }

  /**
   * Takes the next value, waiting while there is none. Does not block the event loop.
   *
   * @throws EOFError when everything was taken and nobody has the other end any more; TimeoutError; the signal's reason when aborted, with nothing consumed; ClosedError after `close`; InvalidStateError on an end
   *   that only writes, and when the next message was sent by `sendBytes`.
   * @see Python `Connection.recv`.
   */
  async recv(options?: WaitOptions): Promise<Received> {
    const message = await this.#use.receive('recv', VALUE, options);
    const { channel } = this.#use;
    const loading = channel.load(message);
    if (loading === undefined) return channel.decode(message) as Received;
    // Whatever comes meanwhile may overwrite it.
    const kept: Incoming = message.isOwn ? message : { ...message, bytes: Buffer.from(message.bytes.subarray(0, message.length)), isOwn: true };
    await loading;
    return channel.decode(kept) as Received;
  }

  /** As `recv`, blocking the thread. */
  recvSync(options?: SyncWaitOptions): Received {
    return this.#use.channel.decode(this.#use.receiveBlocked('recvSync', VALUE, options)) as Received;
  }

  /**
   * Takes the next message of bytes, waiting while there is none. Does not block the event loop.
   *
   * @throws MessageTooLongError when it is longer than `maxLength`: then this connection object receives no more, and is closed if it cannot send; else as `recv`.
   * @see Python `Connection.recv_bytes`.
   */
  async recvBytes(options?: RecvBytesOptions): Promise<Buffer> {
    return ownBytes(await this.#use.receive('recvBytes', bytesUpTo(options, 'recvBytes'), options));
  }

  /** As `recvBytes`, blocking the thread. */
  recvBytesSync(options?: SyncRecvBytesOptions): Buffer {
    return ownBytes(this.#use.receiveBlocked('recvBytesSync', bytesUpTo(options, 'recvBytesSync'), options));
  }

  /**
   * Takes the next message of bytes into `buffer` from `offset` on; returns how many bytes it had. Does not block the event loop.
   * @throws BufferTooShortError when it does not fit: its `data` has the whole message; else as `recvBytes`.
   * @see Python `Connection.recv_bytes_into`.
   */
  async recvBytesInto(buffer: Bytes, offset?: number, options?: WaitOptions): Promise<number> {
    const into = partOf(viewOf(buffer, 'Connection.recvBytesInto'), offset, undefined, 'Connection.recvBytesInto');
    return putInto(into, await this.#use.receive('recvBytesInto', { kind: 'bytes', maxLength: Infinity, into }, options), 'recvBytesInto');
  }

  /** As `recvBytesInto`, blocking the thread. */
  recvBytesIntoSync(buffer: Bytes, offset?: number, options?: SyncWaitOptions): number {
    const into = partOf(viewOf(buffer, 'Connection.recvBytesIntoSync'), offset, undefined, 'Connection.recvBytesIntoSync');
    return putInto(into, this.#use.receiveBlocked('recvBytesIntoSync', { kind: 'bytes', maxLength: Infinity, into }, options), 'recvBytesIntoSync');
  }

  /**
   * Whether a message, or the end of file, is there. Waits for that up to the timeout; without options it does not wait (`{ timeout: Infinity }`: for ever), as in Python. Does not block the event loop.
   * @throws the signal's reason when aborted; ClosedError after `close`; InvalidStateError on an end that only writes.
   * @see Python `Connection.poll`.
   */
  async poll(options?: WaitOptions): Promise<boolean> {
    const deadline = options === undefined ? -Infinity : this.#use.begin('poll', options);
    return this.#use.readable('poll').poll(deadline, options?.signal);
  }

  /** As `poll`, blocking the thread where it waits. */
  pollSync(options?: SyncWaitOptions): boolean {
    const deadline = options === undefined ? -Infinity : this.#use.begin('pollSync', options);
    return this.#use.readable('pollSync').pollBlocked(deadline);
  }

  /** Ends the use of this object: its calls throw ClosedError, those that wait too. What was sent stays to be received. A second time does nothing. */
  close(): void {
    this.#use.end();
  }

  /**
   * The connection as a `Duplex` of Node. A chunk is a message: bytes, or values with `{ objectMode: true }`. The direction that a one-way end does not have is over from the start.
   *
   * A message is received when the stream is read, and a write is done when its message is on its way whole, so both sides keep the pace of the slower one. `end()` has the other side read its end of file, and
   * receiving goes on; the end of file ends the readable side; once both sides are over, or at `destroy()`, the connection is closed. A failure destroys the stream: BrokenPipeError when nobody reads any more.
   *
   * The stream owns the connection from now on: use nothing else of it. Streams of Node cannot carry empty bytes, which are passed over, nor null, which destroys the stream with a TypeError.
   *
   * @throws InvalidStateError when it is a stream already; ClosedError after `close`; TypeError for bad options.
   */
  toNode(options?: StreamOptions): Duplex {
    return nodeStream(this.#asStream('toNode', options));
  }

  /**
   * The connection as a pair of web streams, `{ readable, writable }`; undefined is the one that a one-way end does not have. As `toNode`, with these differences: closing or aborting `writable` ends that
   * direction, as cancelling `readable` does this one, and the connection is closed once both are over, so cancel what you do not read. A failure is that of one direction. Empty bytes and null are chunks as any.
   *
   * @throws as `toNode`.
   */
  toWeb(options: StreamOptions & { objectMode: true }): WebStreams<Received, Sent>;
  toWeb(options?: StreamOptions & { objectMode?: false | undefined }): WebStreams<Uint8Array, Bytes>;
  toWeb(options?: StreamOptions): WebStreams<unknown, unknown> {
    return webStreams(this.#asStream('toWeb', options));
  }

  #asStream(call: string, options: StreamOptions = {}): StreamedConnection {
    const channel = this.#use.opened(call);
    if (typeof options !== 'object' || options === null) throw new TypeError(`Connection.${call}: expected an options object { objectMode }, got ${describe(options)}.`);
    const { objectMode = false } = options;
    if (typeof objectMode !== 'boolean') throw new TypeError(`Connection.${call}: objectMode must be true or false, got ${describe(objectMode)}.`);
    if (this.#isStream) throw new InvalidStateError(`Connection.${call}: this connection was made a stream already, which owns it.`);
    this.#isStream = true;
    return new StreamedConnection(this, () => channel.endWriting(), objectMode);
  }

  /** Receives values until the end of file. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Received, void, undefined> {
    for (;;) {
      let value: Received;
      try {
        value = await this.recv();
      } catch (error) {
        if (EOFError.isInstance(error)) return;
        throw error;
      }
      yield value;
    }
  }

  [Symbol.dispose](): void {
    this.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.close();
    return Promise.resolve();
  }

  [READY](): Readiness {
    const channel = this.#use.readable('waitReady');
    const readiness = channel[READY]();
    return {
      ...readiness,
      isReady: (lookForDead) => {
        this.#use.readable('waitReady');
        return readiness.isReady(lookForDead);
      },
      // The channel announces what it reads ahead.
      whenChanged: (look) => whenChanged(channel, look),
    };
  }

  [SHARE](): ShareRecord {
    return this.#use.opened('send').share();
  }

  [inspect.custom](): string {
    if (this.#use.isClosed) return '<Connection(closed)>';
    const { description, isReadable, isWritable } = this.#use.channel;
    return `<Connection(${description}${isReadable ? '' : ', only writes'}${isWritable ? '' : ', only reads'})>`;
  }
}
