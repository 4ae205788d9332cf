/** A connection's channel over a Unix or TCP socket: frames as CPython's, values in the code of @manycore/core. */
import { ClosedError, InvalidStateError, SerializationError } from '@manycore/core';
import { decode, encode, native, READABLE, READY, registerShareable, session, WRITABLE, type Block, type Deadline, type Readiness, type ShareRecord } from '@manycore/core/internal';
import type { Channel, Demand, Incoming, MessageKind, Outgoing } from '../connection/channel.js';
import { Connection } from '../connection/connection.js';
import { BrokenPipeError } from '../errors.js';
import { announceChange } from '../ready/changes.js';
import { isChallenge } from './challenge.js';
import { collect, deposit, DEPOSIT_TYPE, type DepositKey } from './deposit.js';
import { Descriptor, type DescriptorOwner } from './descriptor.js';
import { FrameReader } from './frame-reader.js';
import { checkedMessageLimit } from './message-limit.js';
import { Receiving } from './receiving.js';
import { Sending } from './sending.js';
import type { Unread } from './unread.js';

registerShareable(DEPOSIT_TYPE, { module: import.meta.url, rebuild: (_block, state) => new Connection(SocketChannel.arrived(state as Travelling)) });

/** What comes from outside of the process tree loads no module and touches no shared memory. */
const FOREIGN = { own: true, foreign: true };

/** What a message carries of a channel, besides the socket. */
interface Travelling {
  readonly key: DepositKey;
  readonly description: string;
  readonly maxMessageBytes: number;
  readonly unread: Unread | undefined;
  /** Whether the end of what is sent was told to the other side. */
  readonly hasEnded: boolean;
}

export class SocketChannel implements Channel, DescriptorOwner {
  readonly #descriptor: Descriptor;
  readonly #reader: FrameReader;
  readonly #receiving: Receiving;
  readonly #sending: Sending;
  #isEnding = false;
  #isEnded = false;
  #keepsAlive = true;
  /** Held for messages in the making: see deposit.ts. */
  readonly #deposits: Block[] = [];

  /** @param unread - what was read of the stream before. */
  constructor(
    fd: number,
    readonly description: string,
    maxMessageBytes: number,
    unread?: Buffer,
  ) {
    this.#descriptor = new Descriptor(fd, this);
    this.#reader = new FrameReader(fd, maxMessageBytes, () => this.#breakOff(), unread);
    const onChange = (): void => this.#update();
    this.#receiving = new Receiving(this.#reader, onChange, () => announceChange(this));
    this.#sending = new Sending(fd, onChange);
  }

  /** The copy that a message brings. Blocks until the process that sent it has handed the socket over, which takes as long as a round trip. @throws ConnectionError when it does not. */
  static arrived(state: Travelling): SocketChannel {
    const { key, description, unread, hasEnded } = state;
    const maxMessageBytes = checkedMessageLimit(state.maxMessageBytes, 'Connection');
    const fd = collect(key, description);
    const channel = new SocketChannel(fd, description, maxMessageBytes, unread === undefined ? undefined : taken(unread));
    if (hasEnded) channel.endWriting();
    return channel;
  }

  readonly isReadable = true;

  get isWritable(): boolean {
    return !this.#isEnding;
  }

  /** Whether calls that wait keep the event loop alive; they do unless told otherwise. */
  set keepsAlive(on: boolean) {
    this.#keepsAlive = on;
    this.#update();
  }

  send(_kind: MessageKind, message: Outgoing, deadline: Deadline, signal: AbortSignal | undefined): Promise<boolean> {
    return this.#sending.send(sendable(message), deadline, signal);
  }

  sendBlocked(_kind: MessageKind, message: Outgoing, deadline: Deadline): boolean {
    return this.#sending.sendBlocked(sendable(message), deadline);
  }

  receive(demand: Demand, deadline: Deadline, signal: AbortSignal | undefined): Promise<Incoming | undefined> {
    return this.#receiving.receive(demand, deadline, signal);
  }

  receiveBlocked(demand: Demand, deadline: Deadline): Incoming | undefined {
    return this.#receiving.receiveBlocked(demand, deadline);
  }

  poll(deadline: Deadline, signal: AbortSignal | undefined): Promise<boolean> {
    return this.#receiving.poll(deadline, signal);
  }

  pollBlocked(deadline: Deadline): boolean {
    return this.#receiving.pollBlocked(deadline);
  }

  load(): undefined {
    return undefined;
  }

  encode(value: unknown): Outgoing {
    return encode(value, 'value');
  }

  decode({ bytes, length }: Incoming): unknown {
    try {
      return decode(bytes, 0, length, FOREIGN);
    } catch (error) {
      if (!SerializationError.isInstance(error)) throw error;
      const advice = isChallenge(bytes)
        ? 'It is a challenge: the listener has an authkey and this side has none. Pass { authkey } to Client.'
        : 'If the other side sent bytes (sendBytes, or anything of CPython), take them with recvBytes.';
      throw new SerializationError(`Connection.recv: what came is no value that can be made here: ${error.message}. ${advice}`, { cause: error });
    }
  }

  endWriting(): void {
    if (this.#isEnding) return;
    this.#isEnding = true;
    this.#update();
  }

  close(): void {
    this.#end(() => new ClosedError('Connection: this connection was closed in this process.'));
  }

  /** Both have the connection then, and one stream: two that receive, or two that send, at the same time get and write parts of messages. @throws InvalidStateError while calls wait; ConnectionError */
  share(): ShareRecord {
    const { description } = this;
    if (this.#descriptor.isClosed) throw new InvalidStateError(`Connection: the connection to ${description} was closed because something came that is no message; it cannot be sent.`);
    if (this.#receiving.isWaiting || this.#sending.isBusy) {
      throw new InvalidStateError(
        `Connection: the connection to ${description} cannot be sent while calls of it wait (recv, poll), or while something is still to be written. Await or abort those first.`,
      );
    }
    const unread = this.#reader.lend();
    const { block, key } = deposit(this.#descriptor.fd, description);
    if (this.#deposits.push(block) === 1) queueMicrotask(() => this.#releaseDeposits());
    const state: Travelling = { key, description, maxMessageBytes: this.#reader.maxMessageBytes, unread, hasEnded: this.#isEnding };
    return { type: DEPOSIT_TYPE, block, state };
  }

  [READY](): Readiness {
    return { isReady: () => this.#receiving.isReady(), places: [], fd: this.#descriptor.fd };
  }

  onReady(events: number): number {
    if ((events & READABLE) !== 0) this.#receiving.serve();
    if ((events & WRITABLE) !== 0) this.#sending.serve();
    return this.#wanted();
  }

  #wanted(): number {
    return (this.#receiving.isWaiting ? READABLE : 0) | (this.#sending.isBusy ? WRITABLE : 0);
  }

  #update(): void {
    if (this.#descriptor.isClosed) return;
    if (this.#isEnding && !this.#isEnded && !this.#sending.isBusy) this.#endNow();
    const wanted = this.#wanted();
    this.#descriptor.watch(wanted);
    // A message that nobody waits for any more is written while there is an event loop, but is no reason for one.
    this.#descriptor.hold(this, wanted !== 0, this.#keepsAlive && (this.#receiving.isWaiting || this.#sending.isWaiting));
  }

  #endNow(): void {
    this.#isEnded = true;
    // Fails only where the connection has ended already.
    native().endSocket(this.#descriptor.fd);
    this.#sending.fail(() => new BrokenPipeError('Connection: the end of what is sent was told to the other side already.'));
  }

  /** The other side speaks another protocol: it is told by the end of the connection. */
  #breakOff(): void {
    this.#descriptor.close();
    this.#sending.fail(() => new BrokenPipeError('Connection: the other side sent something that is no message; the connection was closed.'));
  }

  #releaseDeposits(): void {
    if (this.#deposits.length > 0) session().heap.releaseAll(this.#deposits.splice(0));
  }

  #end(failure: () => Error): void {
    this.#releaseDeposits();
    this.#reader.fail(failure);
    this.#descriptor.close();
    this.#receiving.fail(failure);
    this.#sending.fail(failure);
  }
}

/** The bytes, where nobody else was faster. */
function taken({ bytes, claim }: Unread): Buffer | undefined {
  const isOurs = claim.take();
  claim.release();
  return isOurs ? Buffer.from(bytes) : undefined;
}

/** A message whose memory only this process tree has cannot leave it. */
function sendable(message: Outgoing): Outgoing {
  if (message.refs.length === 0) return message;
  throw new SerializationError(
    'Connection.send: the value has an object or a view in shared memory, which cannot leave its process tree. Send it through a Pipe or a Queue, or send a copy of what is in it.',
  );
}
