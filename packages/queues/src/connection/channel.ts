/**
 * What a `Connection` does its work through: shared memory within a process tree (pipe/), or a socket (socket/). A channel moves whole messages; what they mean is the connection's business.
 *
 * Calls of one thread keep their order, also blocking ones that come while promises wait: a blocking call first completes those.
 */
import type { BlockRef, Deadline, ShareRecord, Waitable } from '@manycore/core/internal';

/** Made by `send`: to be decoded. Made by `sendBytes`: as it is. A channel whose wire does not tell them apart takes any message for what is asked for. */
export type MessageKind = 'value' | 'bytes';

/** A message to be sent; core's `Encoded` is one: the first `head` bytes of `bytes`, then the payloads, `length` bytes in all. */
export interface Outgoing {
  readonly bytes: Uint8Array;
  /** The same memory from its first byte on, where that is aligned: short messages are copied by the word. */
  readonly words?: Int32Array | undefined;
  readonly head: number;
  /** There are none where the channel did not encode the message for it. */
  readonly payloads: readonly Uint8Array[];
  readonly length: number;
  /** Blocks of session memory that the message mentions. */
  readonly refs: readonly BlockRef[];
  /** To be called once the whole message is stored or handed to the system. */
  commit(): void;
  /** The message in memory of its own, before anything waits; without its first `sent` bytes, which are undefined then. */
  keep(sent?: number): Outgoing;
}

export interface Demand {
  readonly kind: MessageKind;
  /** In bytes. A longer message throws MessageTooLongError, and nothing more is received by this channel object. */
  readonly maxLength: number;
  /** Where to put the message if it fits; else it comes in memory of its own. */
  readonly into?: Buffer | undefined;
}

export interface Incoming {
  /** The message is the first `length` bytes. Valid until the next call. */
  readonly bytes: Buffer;
  readonly length: number;
  /** Whether the memory of `bytes` belongs to this message alone. */
  readonly isOwn: boolean;
  /** Large buffers of a value, which belong to this message alone. */
  readonly payloads: readonly ArrayBuffer[];
}

export interface Channel extends Waitable {
  /** What `inspect` shows of it: `pipe`, or an address. */
  readonly description: string;
  readonly isReadable: boolean;
  readonly isWritable: boolean;
  /** A value as a message for `send`. @throws SerializationError */
  encode(value: unknown): Outgoing;
  /** Resolves with false when the deadline passed first: nothing was sent. @throws BrokenPipeError, ClosedError, OutOfMemoryError */
  send(kind: MessageKind, message: Outgoing, deadline: Deadline, signal: AbortSignal | undefined): Promise<boolean>;
  sendBlocked(kind: MessageKind, message: Outgoing, deadline: Deadline): boolean;
  /** Undefined when the deadline passed first: nothing was consumed. @throws EOFError, ClosedError, MessageTooLongError; InvalidStateError when the next message is of the other kind. */
  receive(demand: Demand, deadline: Deadline, signal: AbortSignal | undefined): Promise<Incoming | undefined>;
  receiveBlocked(demand: Demand, deadline: Deadline): Incoming | undefined;
  /** Waits until a message, or the end of file, is there. */
  poll(deadline: Deadline, signal: AbortSignal | undefined): Promise<boolean>;
  pollBlocked(deadline: Deadline): boolean;
  /** Imports what decoding a received message needs; undefined when there is nothing to import. */
  load(message: Incoming): Promise<void> | undefined;
  /** The value of a received message. */
  decode(message: Incoming): unknown;
  /** The other side reads the end of file after what was sent; receiving goes on. */
  endWriting(): void;
  /** Ends the use of this channel object; its pending calls throw ClosedError. */
  close(): void;
  /** How it travels to another process or thread. */
  share(): ShareRecord;
}
