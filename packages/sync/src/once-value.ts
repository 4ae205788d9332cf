/**
 * The value of a `Once`, encoded, in a block of session memory that the block of the `Once` keeps alive through a bundle, together with every block that the value mentions.
 *
 * Words from `ONCE_VALUE`: BUNDLE: number of the bundle, 0: none; then LENGTH: bytes of the encoded value. Only the thread that runs the function writes them.
 *
 * | killed after                              | what is left                                                                               |
 * | ----------------------------------------- | ------------------------------------------------------------------------------------------ |
 * | allocating the block, writing the bytes   | a block that the dead held: reaped                                                         |
 * | making the bundle (BUNDLE is journaled)   | a bundle, perhaps not filled yet, and a `Once` that is not done: `discard` by the next one |
 * | LENGTH                                    | the same                                                                                   |
 * | the `Once` is done                        | nothing: the value is whole                                                                |
 */
import { bytesOf, encode, type Block, type Session } from '@manycore/core/internal';

const VALUE_TYPE = 'manycore.once-value';
const BUNDLE = 0;
const LENGTH = 1;
export const ONCE_VALUE_WORDS = 2;

/** The encoded value. */
export interface Stored {
  readonly bytes: Buffer;
  /** The bytes are there as long as the first of these is held; the others keep what the value mentions. */
  readonly blocks: readonly Block[];
}

export class OnceValue {
  #stored: Stored | undefined;

  constructor(
    readonly session: Session,
    readonly block: Block,
    /** Index of the first word in the block. */
    readonly at: number,
  ) {}

  /** Drops what a runner left that was killed before it was done. Only by the one that runs now. */
  discard(): void {
    const bundle = this.block.words.load(this.at + BUNDLE);
    if (bundle !== 0) this.session.heap.dropBundle(bundle, this.#journal);
  }

  /** Only by the one that runs. @throws SerializationError, OutOfMemoryError; then nothing is stored. */
  store(value: unknown): void {
    const { heap } = this.session;
    const encoded = encode(value, 'the value of Once.do');
    const { length } = encoded;
    const block = heap.allocate(length, VALUE_TYPE);
    bytesOf(block, length).set(encoded.bytes.subarray(0, length));
    heap.bundle(this.block, [block, ...encoded.refs], this.#journal);
    this.block.words.store(this.at + LENGTH, length);
    encoded.commit();
  }

  /** Only once it is done. It keeps what it gives, and so what the value mentions, for as long as this object lives. */
  read(): Stored {
    return (this.#stored ??= this.#open());
  }

  #open(): Stored {
    const { words } = this.block;
    const blocks = this.session.heap.unbundle(words.load(this.at + BUNDLE), this.#journal);
    return { bytes: bytesOf(blocks[0]!, words.load(this.at + LENGTH)), blocks };
  }

  get #journal(): number {
    return this.block.address + this.at + BUNDLE;
  }
}
