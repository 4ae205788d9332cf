/**
 * A connection in the hands of a stream: what to-node.ts and to-web.ts have in common. A message is a chunk. Each direction ends by itself, and with the second one the connection is closed.
 */
import { EOFError } from '../errors.js';
import type { Bytes } from './bytes.js';
import type { Connection } from './connection.js';

/** Options of `toNode` and `toWeb`. */
export interface StreamOptions {
  /** Whether chunks are values, as `send` and `recv` carry them, instead of bytes, as `sendBytes` and `recvBytes` do. Default false. */
  objectMode?: boolean | undefined;
}

export class StreamedConnection {
  readonly isReadable: boolean;
  readonly isWritable: boolean;
  #isReading: boolean;
  #isWriting: boolean;
  readonly #connection: Connection;
  readonly #endWriting: () => void;

  /** @param endWriting - tells the other side that nothing follows. */
  constructor(
    connection: Connection,
    endWriting: () => void,
    readonly objectMode: boolean,
  ) {
    this.#connection = connection;
    this.#endWriting = endWriting;
    this.isReadable = this.#isReading = connection.readable;
    this.isWritable = this.#isWriting = connection.writable;
  }

  /** The next message; undefined at the end of file. */
  async receive(signal?: AbortSignal): Promise<{ readonly chunk: unknown } | undefined> {
    const options = signal && { signal };
    try {
      return { chunk: this.objectMode ? await this.#connection.recv(options) : await this.#connection.recvBytes(options) };
    } catch (error) {
      if (EOFError.isInstance(error)) return undefined;
      throw error;
    }
  }

  /** Resolves once the message is on its way whole. */
  send(chunk: unknown, signal?: AbortSignal): Promise<void> {
    const options = signal && { signal };
    return this.objectMode ? this.#connection.send(chunk, options) : this.#connection.sendBytes(chunk as Bytes, undefined, undefined, options);
  }

  /** Nothing more is wanted, or nothing is left. A second time does nothing. */
  endReading(): void {
    this.#isReading = false;
    this.#closeIfOver();
  }

  /** Nothing more is sent: the other side reads the end of file. A second time does nothing. */
  endWriting(): void {
    if (this.#isWriting && !this.#connection.closed) this.#endWriting();
    this.#isWriting = false;
    this.#closeIfOver();
  }

  /** Ends both directions at once; calls that wait reject. */
  close(): void {
    this.#connection.close();
  }

  #closeIfOver(): void {
    if (!this.#isReading && !this.#isWriting) this.close();
  }
}
