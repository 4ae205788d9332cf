/** What messages of protocol.ts go over: a link in shared memory within one session (link-wire.ts), or a socket (socket-wire.ts). */
import type { Encoded } from '@manycore/core/internal';
import type { Header } from '../protocol.js';

/** A message that was taken. To be read, or kept, before the next one is taken. */
export interface Incoming {
  readonly header: Header;
  /** Imports what reading it needs; undefined when there is nothing to import. */
  load(): Promise<void> | undefined;
  /** The value. @param callSite - stack lines that follow the remote ones of an error. @throws SerializationError, and what rebuilding throws. */
  read(callSite?: string): unknown;
  /** The same in memory of its own. */
  keep(): Incoming;
}

export interface Wire {
  /** Whether both sides are of one session, so that shared memory and modules can be named. */
  readonly isLocal: boolean;
  /** Whether messages wait for room, more than the other side should be allowed to cause. */
  readonly isCongested: boolean;
  /** Whether something waits to be sent. */
  readonly hasBacklog: boolean;
  /** Whether there may be something to take. */
  readonly hasMessage: boolean;
  /** Whether the other side is gone; what it sent before is still to be taken. */
  isOver(lookForDead: boolean): boolean;
  /** Puts a message with its header on its way; the other side may be told of it by `announce` only. Does not wait. @throws SerializationError for what the wire cannot carry; then nothing was sent. */
  put(message: Encoded): void;
  announce(): void;
  /** The next message; undefined when there is none. */
  take(): Incoming | undefined;
  /** Resolves when there may be something to take, or the other side is gone. Keeps the event loop alive. One at a time. */
  whenReady(): Promise<void>;
  /** Resolves when it is not congested any more, or the other side is gone. */
  whenRoom(): Promise<void>;
  /** Resolves the waits that are underway. */
  stopWaiting(): void;
  /** Gives the wire up, once what was sent is out. Twice is harmless. */
  close(): void;
}
