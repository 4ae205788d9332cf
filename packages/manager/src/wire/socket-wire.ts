/** Messages over a connection of sockets, one frame each. What comes loads no module, and what goes names no shared memory. */
import { SerializationError } from '@manycore/core';
import { decode, type Encoded } from '@manycore/core/internal';
import type { Connection } from '@manycore/queues';
import { Header } from '../protocol.js';
import type { Incoming, Wire } from './wire.js';

/** So much may wait for the other side to read before nothing more is read of it. */
const MOST_WAITING_BYTES = 1024 * 1024;

export class SocketWire implements Wire {
  readonly isLocal = false;
  readonly #connection: Connection;
  readonly #header = new Header();
  #next: Buffer | undefined;
  #isOver = false;
  #waitingBytes = 0;
  /** Ends the wait for a message. */
  #stop: AbortController | undefined;
  readonly #roomWaits = new Set<() => void>();
  #isClosing = false;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  get isCongested(): boolean {
    return !this.#isOver && this.#waitingBytes > MOST_WAITING_BYTES;
  }

  get hasBacklog(): boolean {
    return !this.#isOver && this.#waitingBytes > 0;
  }

  get hasMessage(): boolean {
    return this.#next !== undefined;
  }

  isOver(): boolean {
    return this.#isOver;
  }

  put(message: Encoded): void {
    if (this.#isOver || this.#isClosing) return;
    if (message.refs.length > 0) throw new SerializationError('The value has an object or a view in shared memory, and the other side is of another process tree, which has no part in that. Send a copy of what is in it.');
    const { head } = message;
    this.#waitingBytes += head;
    this.#connection.sendBytes(message.bytes, 0, head).then(
      () => this.#sent(head),
      () => this.#end(),
    );
    message.commit();
  }

  #sent(bytes: number): void {
    this.#waitingBytes -= bytes;
    if (!this.isCongested) this.#tellRoom();
    if (this.#isClosing && this.#waitingBytes === 0) this.#connection.close();
  }

  announce(): void {
    // The system does.
  }

  take(): Incoming | undefined {
    const bytes = this.#next;
    if (bytes === undefined) return undefined;
    this.#next = undefined;
    if (this.#header.read(bytes, bytes.length)) return new SocketMessage(bytes, this.#header);
    // It speaks another protocol.
    this.#end();
    return undefined;
  }

  async whenReady(): Promise<void> {
    if (this.#next !== undefined || this.#isOver) return;
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    try {
      this.#next = await this.#connection.recvBytes({ signal });
    } catch {
      // Whatever ended it: the end of file, a frame that is too long, the connection closed here.
      if (!signal.aborted) this.#end();
    } finally {
      this.#stop = undefined;
    }
  }

  async whenRoom(): Promise<void> {
    if (!this.isCongested || this.#isOver) return;
    await new Promise<void>((resolve) => this.#roomWaits.add(resolve));
  }

  stopWaiting(): void {
    this.#stop?.abort();
  }

  close(): void {
    if (this.#isClosing) return;
    this.#isClosing = true;
    this.stopWaiting();
    this.#tellRoom();
    if (this.#waitingBytes === 0 || this.#isOver) this.#connection.close();
  }

  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#tellRoom();
    this.#connection.close();
  }

  #tellRoom(): void {
    for (const resolve of this.#roomWaits) resolve();
    this.#roomWaits.clear();
  }
}

class SocketMessage implements Incoming {
  constructor(
    private readonly bytes: Buffer,
    readonly header: Header,
  ) {}

  load(): undefined {
    return undefined;
  }

  read(callSite?: string): unknown {
    return decode(this.bytes, 0, this.header.length, { own: true, foreign: true, ...(callSite === undefined ? {} : { callSite }) });
  }

  keep(): Incoming {
    return new SocketMessage(this.bytes, Object.assign(new Header(), this.header));
  }
}
