/** An encoded message, as its carriers see it. */
import { newBytes } from '../memory/new-bytes.js';
import type { BlockRef } from './shareable.js';
import { detach } from './transfer.js';

/** A message, valid until the next `encode` of this thread. */
export interface Encoded {
  /** Scratch of this thread; its first `head` bytes are the message, or, where there are `payloads`, its beginning. */
  readonly bytes: Uint8Array;
  /** The same memory, 8-byte aligned. */
  readonly words: Int32Array;
  readonly head: number;
  /** Large buffers of the value, in the order in which they follow the head, in the user's memory. Only of `encodeApart`. */
  readonly payloads: readonly Uint8Array[];
  /** Of the head and the payloads. */
  readonly length: number;
  /** Every block of session memory the message mentions, each once, in the order of its table; kept here until `commit`. */
  readonly refs: readonly BlockRef[];
  /** To be called once the message is stored: detaches what `transfer()` gave away, lets go of blocks, payloads and of a scratch grown large. */
  commit(): void;
  /**
   * The message in memory of its own, which outlives the next `encode`. Its `commit` takes the place of this one's.
   * @param sent - bytes at the beginning that are not needed any more, and undefined in what is kept. Default 0.
   */
  keep(sent?: number): Encoded;
  /**
   * Makes room for `count` words behind the head, for the message's carrier, and counts them to it; returns the index in `words` of the first one. How long the head itself is, whoever decodes it has to be told.
   * Before `keep`.
   */
  append(count: number): number;
}

export class KeptMessage implements Encoded {
  readonly bytes: Uint8Array;
  readonly words: Int32Array;
  readonly head: number;
  readonly payloads: readonly Uint8Array[];
  readonly length: number;
  readonly refs: readonly BlockRef[];
  readonly #transfers: ArrayBuffer[];

  /** @param transfers - what `commit` detaches. */
  constructor(message: Encoded, sent: number, transfers: ArrayBuffer[]) {
    const { head, length, refs } = message;
    const bytes = newBytes(Math.ceil(head / 8) * 8);
    bytes.set(message.bytes.subarray(0, head));
    this.bytes = bytes;
    this.words = new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
    this.head = head;
    this.length = length;
    this.refs = refs;
    let start = head;
    this.payloads = message.payloads.map((payload) => {
      const from = Math.min(payload.length, Math.max(0, sent - start));
      start += payload.length;
      const copy = newBytes(payload.length);
      copy.set(payload.subarray(from), from);
      return copy;
    });
    this.#transfers = transfers;
  }

  commit(): void {
    for (const buffer of this.#transfers.splice(0)) detach(buffer);
  }

  keep(): Encoded {
    return this;
  }

  append(): never {
    throw new TypeError('manycore: words are appended to a message before it is kept');
  }
}
