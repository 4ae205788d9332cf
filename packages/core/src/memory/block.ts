/** A block of session memory as its holder has it. */
import type { BlockRef } from '../transfer/shareable.js';
import type { Heap } from './heap.js';
import type { Hold } from './holds.js';
import { WINDOW_WORDS } from './windows.js';
import { AtomicWords } from './words.js';

/** A hold of this thread on an object of session memory. */
export class Block implements BlockRef {
  /** Undefined for a block that somebody else keeps. */
  hold: Hold | undefined;
  #words: BlockWords | undefined;

  constructor(
    readonly heap: Heap,
    readonly id: number,
    readonly generation: number,
    /** Where the block is in session memory, and how large. */
    readonly offset: number,
    readonly bytes: number,
  ) {}

  /** Word address of the block in session memory, for transactions and journals. */
  get address(): number {
    return this.offset / 4;
  }

  /** The block as words; blocks up to 64 KiB only. The words keep this hold alive. */
  get words(): BlockWords {
    if (this.#words === undefined) {
      const { address } = this;
      this.#words = new BlockWords(this.heap.windows.holding(address), address % WINDOW_WORDS, this);
    }
    return this.#words;
  }
}

/** The words of a block, which know the block. */
export class BlockWords extends AtomicWords {
  constructor(
    array: Int32Array,
    base: number,
    /** Reachable through the words, so that nobody can use a word of a block that was given back. */
    readonly block: Block,
  ) {
    super(array, base);
  }
}
