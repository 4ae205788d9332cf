/** A connection's channel over a Unix or TCP socket: frames as CPython's, values in the code of @manycore/core. */
import { ClosedError, SerializationError } from '@manycore/core';
import { decode, native, READABLE, READY, WRITABLE, type Deadline, type Readiness, type ShareRecord } from '@manycore/core/internal';
import type { Channel, Demand, Incoming, MessageKind, Outgoing } from '../connection/channel.js';
import { BrokenPipeError } from '../errors.js';
import { announceChange } from '../ready/changes.js';
import { isChallenge } from './challenge.js';
import { Descriptor, type DescriptorOwner } from './descriptor.js';
import { FrameReader } from './frame-reader.js';
import { Receiving } from './receiving.js';
import { Sending } from './sending.js';

/** What comes from outside of the process tree loads no module and touches no shared memory. */
const FOREIGN = { own: true, foreign: true };

export class SocketChannel implements Channel, DescriptorOwner {
  readonly #descriptor: Descriptor;
  readonly #reader: FrameReader;
  readonly #receiving: Receiving;
  readonly #sending: Sending;
  #isEnding = false;
  #isEnded = false;
  #keepsAlive = true;

  constructor(
    fd: number,
    readonly description: string,
    maxMessageBytes: number,
  ) {
    this.#descriptor = new Descriptor(fd, this);
    this.#reader = new FrameReader(fd, maxMessageBytes, () => this.#breakOff());
    const onChange = (): void => this.#update();
    this.#receiving = new Receiving(this.#reader, onChange, () => announceChange(this));
    this.#sending = new Sending(fd, onChange);
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

  /** Stays here: a socket belongs to the process that opened it. */
  share(): ShareRecord {
    throw new SerializationError(
      `Connection: a socket connection (${this.description}) stays in its process. Send its address, and connect there with Client; or use Pipe(), whose ends can be sent.`,
    );
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

  #end(failure: () => Error): void {
    this.#reader.fail(failure);
    this.#descriptor.close();
    this.#receiving.fail(failure);
    this.#sending.fail(failure);
  }
}

/** A message whose memory only this process tree has cannot leave it. */
function sendable(message: Outgoing): Outgoing {
  if (message.refs.length === 0) return message;
  throw new SerializationError(
    'Connection.send: the value has an object or a view in shared memory, which cannot leave its process tree. Send it through a Pipe or a Queue, or send a copy of what is in it.',
  );
}
