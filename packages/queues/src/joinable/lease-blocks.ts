/** The blocks of leases: where a copy of a taken item lies until it is done. Each is a bundle without members that belongs to the queue, so it goes with it. */
import { bytesOf, newBytes, session, type Block } from '@manycore/core/internal';
import type { RingMemory } from '../ring-memory.js';
import { DROPPING, DROPPING_REFS, LEASE_HEADER_WORDS, LENGTH, PENDING, REFS } from './leases.js';

const HEADER_BYTES = LEASE_HEADER_WORDS * 4;

export class LeaseBlocks {
  readonly #heap = session().heap;

  constructor(
    readonly queue: Block,
    readonly memory: RingMemory,
  ) {}

  wordsOf = (lease: number): Block['words'] => this.#heap.bundleBlock(lease).words;

  /** A lease for the next item, which is written to PENDING; and where to put the item. @throws OutOfMemoryError; then there is none. */
  make(length: number, refs: number): { lease: number; item: Buffer } {
    const lease = this.#heap.bundle(this.queue, [], this.queue.address + PENDING, HEADER_BYTES - 4 + length);
    const block = this.#heap.bundleBlock(lease);
    block.words.set(LENGTH, length);
    block.words.set(REFS, refs);
    return { lease, item: bytesOf(block, HEADER_BYTES + length).subarray(HEADER_BYTES) };
  }

  /** The item of a lease into the inbox, as if it had been read from the ring; its length. */
  read(lease: number): number {
    const block = this.#heap.bundleBlock(lease);
    const length = block.words.get(LENGTH);
    if (length < 0 || HEADER_BYTES + length > block.bytes) this.memory.damaged(`a lease of ${length} bytes`);
    const { inbox } = this.memory;
    inbox.isOwn = length > inbox.scratch.length;
    inbox.bytes = inbox.isOwn ? newBytes(length) : inbox.isInUse ? Buffer.allocUnsafe(length) : inbox.scratch;
    bytesOf(block, HEADER_BYTES + length).copy(inbox.bytes, 0, HEADER_BYTES);
    return length;
  }

  /** Gives back what the journals name. */
  settle(): void {
    for (const word of [PENDING, DROPPING, DROPPING_REFS]) {
      const bundle = this.queue.words.load(word);
      if (bundle !== 0) this.#heap.dropBundle(bundle, this.queue.address + word);
    }
  }
}
