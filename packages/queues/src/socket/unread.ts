/**
 * Bytes that were read of a stream before its socket was sent elsewhere. They travel in the message, and stay with the sender too: whoever first goes on with the stream has them, the others go on with what
 * comes after. Who that is, a word in session memory tells.
 *
 * Block (64 bytes): TAKEN: 1 once somebody has them.
 *
 * | killed                    | left behind                                                        |
 * | ------------------------- | ------------------------------------------------------------------ |
 * | before it took them       | the next one takes them                                            |
 * | afterwards                | they are lost with it, as a message that it had begun to receive   |
 */
import { registerShareable, session, SHARE, type Block, type Shareable, type ShareRecord } from '@manycore/core/internal';

const TYPE = 'manycore.SocketUnread';
const BYTES = 64;
const TAKEN = 0;

registerShareable(TYPE, { module: import.meta.url, rebuild: (ref) => new UnreadClaim(session().heap.acquire(ref, TYPE)) });

export class UnreadClaim implements Shareable {
  readonly #block: Block;

  constructor(block = session().heap.allocate(BYTES, TYPE)) {
    this.#block = block;
  }

  get isTaken(): boolean {
    return this.#block.words.load(TAKEN) !== 0;
  }

  /** Whether the bytes belong to the caller: for the first one who asks. */
  take(): boolean {
    return this.#block.words.compareExchange(TAKEN, 0, 1) === 0;
  }

  /** Must not be used afterwards. A second time does nothing. */
  release(): void {
    session().heap.release(this.#block);
  }

  [SHARE](): ShareRecord {
    return { type: TYPE, block: this.#block };
  }
}

/** As they came on the wire. */
export interface Unread {
  readonly bytes: Uint8Array;
  readonly claim: UnreadClaim;
}
