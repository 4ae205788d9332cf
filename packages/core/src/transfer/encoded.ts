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
  /**
   * Takes the payloads out of the message, for a carrier that moves buffers: those that were given away (`transfer()`) themselves, copies of the others. When they would be more than `mostCopied` bytes, or `by` does not
   * say that it has detached them: false, with nothing changed.
   */
  movePayloads(mostCopied: number, by: (buffers: ArrayBuffer[]) => boolean): boolean;
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

/** Up to this, copying word by word is faster than a call, and V8 makes an Int32Array much faster than a Buffer. */
const FEW_WORDS = 64;
const NO_TRANSFERS: readonly ArrayBuffer[] = Object.freeze([]);

export class KeptMessage implements Encoded {
  readonly words: Int32Array;
  readonly head: number;
  readonly payloads: readonly Uint8Array[];
  readonly length: number;
  readonly refs: readonly BlockRef[];
  #transfers: readonly ArrayBuffer[];

  /** @param transfers - what `commit` detaches. */
  constructor(message: Encoded, sent: number, transfers: readonly ArrayBuffer[]) {
    const { head, length, refs, payloads } = message;
    this.words = copyOfHead(message);
    this.head = head;
    this.length = length;
    this.refs = refs;
    this.payloads = payloads.length === 0 ? payloads : copyOfPayloads(payloads, sent - head);
    this.#transfers = transfers.length === 0 ? NO_TRANSFERS : transfers;
  }

  get bytes(): Buffer {
    return Buffer.from(this.words.buffer as ArrayBuffer, this.words.byteOffset, this.words.byteLength);
  }

  movePayloads(): boolean {
    return false;
  }

  commit(): void {
    for (const buffer of this.#transfers) detach(buffer);
    this.#transfers = NO_TRANSFERS;
  }

  keep(): Encoded {
    return this;
  }

  append(): never {
    throw new TypeError('manycore: words are appended to a message before it is kept');
  }
}

function copyOfHead({ bytes, words: source, head }: Encoded): Int32Array {
  const count = Math.ceil(head / 8) * 2;
  if (count <= FEW_WORDS) {
    const words = new Int32Array(count);
    for (let i = 0; i < count; i++) words[i] = source[i]!;
    return words;
  }
  const copy = newBytes(count * 4);
  copy.set(bytes.subarray(0, head));
  return new Int32Array(copy.buffer, copy.byteOffset, count);
}

/** @param sent - bytes of them that are not needed. */
function copyOfPayloads(payloads: readonly Uint8Array[], sent: number): Uint8Array[] {
  let start = 0;
  return payloads.map((payload) => {
    const from = Math.min(payload.length, Math.max(0, sent - start));
    start += payload.length;
    return copyFrom(payload, from);
  });
}

/** Buffers that a carrier may move instead of the payloads: those that were given away themselves, copies of the others; undefined when there are none, or more than `mostCopied` bytes would be copied. */
export function buffersToMove(payloads: readonly Uint8Array[], transfers: readonly ArrayBuffer[], mostCopied: number): ArrayBuffer[] | undefined {
  if (payloads.length === 0) return undefined;
  const isGiven = ({ buffer }: Uint8Array): boolean => transfers.includes(buffer as ArrayBuffer);
  const copied = payloads.reduce((sum, payload) => (isGiven(payload) ? sum : sum + payload.length), 0);
  if (copied > mostCopied) return undefined;
  return payloads.map((payload) => (isGiven(payload) ? (payload.buffer as ArrayBuffer) : copyFrom(payload).buffer));
}

/** @param from - the byte that the copy begins with; what is before it is undefined. */
function copyFrom(payload: Uint8Array, from = 0): Uint8Array<ArrayBuffer> {
  const copy = newBytes(payload.length);
  copy.set(payload.subarray(from), from);
  return copy;
}
