/**
 * Session memory as one thread uses it: blocks that live as long as somebody holds them.
 *
 * A `Block` is this thread's hold. It ends when the garbage collector finds the Block unreachable (holds.ts), or with the thread.
 */
import { OutOfMemoryError, RemoteError } from '../errors.js';
import type { Native } from '../native.js';
import type { Kernel } from '../parking/kernel.js';
import { LOCK_QUEUE, tryLock, tryLockQueued, unlock } from '../parking/robust-lock.js';
import { now } from '../parking/deadline.js';
import { SLICE_MS, waitBlocked } from '../parking/wait-queue.js';
import {
  HEADER_LIMIT_PAGES, HEADER_MEMORY_LOCK, HEADER_UNDO, PAGE_BYTES, SLAB_BYTES, SLOT_COUNT, SLOT_GENERATION, SLOT_HOLD_COUNT, SLOT_TABLE, SLOT_WORDS,
} from '../session/layout.js';
import type { Slots } from '../session/slots.js';
import type { BlockRef } from '../transfer/shareable.js';
import { allocate, charge } from './allocator.js';
import { blockOffset, classOf, entryOf, inUse, isLarge, OBJECT_CLASS, OBJECT_HOLDERS, OBJECT_PAGES, OBJECT_STATE, OBJECT_TYPE, typeNumber } from './objects.js';
import {
  addHold, BUNDLE_TYPE, bundleBytes, bundleMember, bundleSize, drainCondemned, dropBundle, fillBundle, isBundle, linkBundle, removeHold, removeLastHold, verify,
} from './ownership.js';
import { Transaction } from './transaction.js';
import { WINDOW_WORDS, type Windows } from './windows.js';
import { Block } from './block.js';
import { Holds } from './holds.js';
import { AtomicWords } from './words.js';

interface NewHold {
  readonly block: Block;
  /** Undefined when this thread held the object already. */
  readonly index: number | undefined;
  readonly pages: number;
}

/** Of the budget, what one thread may hold and drop before the garbage collector is run: an eighth, and half a gibibyte at most. */
const GARBAGE_SHARE = 8;
const MOST_GARBAGE_BYTES = 512 * 1024 * 1024;

/** Half a slice: a thousand things that wait in one event loop, and look for the dead in the same slice, have the slots read once. */
const REAP_MS = SLICE_MS / 2;

/** Members of a bundle that are taken in one transaction. */
const CHUNK = 64;

export class Heap {
  readonly #tx: Transaction;
  readonly #lockWords: AtomicWords;
  readonly #holds: Holds;
  #reapAgain = 0;
  readonly #lookers: (() => void)[] = [];

  constructor(
    readonly windows: Windows,
    readonly kernel: Kernel,
    readonly slots: Slots,
    readonly addon: Native,
  ) {
    this.#tx = new Transaction(windows, HEADER_UNDO);
    this.#lockWords = new AtomicWords(slots.header, HEADER_MEMORY_LOCK);
    const mostGarbage = Math.min(MOST_GARBAGE_BYTES, (slots.header[HEADER_LIMIT_PAGES]! * PAGE_BYTES) / GARBAGE_SHARE);
    this.#holds = new Holds(mostGarbage, (index) => this.transact((tx) => removeHold(tx, kernel.slot, index)));
  }

  /**
   * Allocates a zeroed block of at least `bytes`, held by this thread.
   * @param pages - what to charge to the budget; small blocks are charged by the slab.
   * @throws OutOfMemoryError when the budget is used up; then nothing was changed.
   */
  allocate(bytes: number, type: string, pages = isLarge(classOf(bytes)) ? Math.ceil(bytes / PAGE_BYTES) : 0): Block {
    // A thread that ended is noticed by nobody in particular, and what it held may be large.
    if (pages > 0) this.reapDeadNowAndThen();
    return this.#newHold((tx) => {
      const id = this.#allocate(tx, bytes, typeNumber(type));
      if (pages > 0) charge(tx, id, pages);
      return this.#hold(tx, id);
    });
  }

  /** Whether the object is still there: somebody holds it, or a message mentions it. Takes no lock. */
  exists({ id, generation }: BlockRef): boolean {
    return this.windows.load(entryOf(id) + OBJECT_STATE) === inUse(generation);
  }

  /** Whether this thread, and nobody else and no message, holds the object. A snapshot. */
  isHeldHereAlone({ id, generation }: BlockRef): boolean {
    return this.#holds.has(id) && this.exists({ id, generation }) && this.windows.load(entryOf(id) + OBJECT_HOLDERS) === 1;
  }

  /** Ends a hold at once instead of with the garbage collector. The block must not be used afterwards. A second time does nothing. */
  release(block: Block): void {
    if (block.hold !== undefined) this.#holds.end(block.hold);
  }

  /** As `release`, for several. */
  releaseAll(blocks: readonly Block[]): void {
    for (const block of blocks) this.release(block);
  }

  /** Adds to what the budget counts for a block, or takes from it. @throws OutOfMemoryError */
  charge(block: BlockRef, pages: number): void {
    this.transact((tx) => charge(tx, block.id, pages));
  }

  /** A hold on an object that somebody told us of. @throws ClosedError when it is gone; RemoteError when it is of another type. */
  acquire(ref: BlockRef, type: string): Block {
    return this.#newHold((tx) => {
      verify(tx, ref);
      if (tx.load(entryOf(ref.id) + OBJECT_TYPE) !== typeNumber(type)) throw new RemoteError(`manycore: object ${ref.id} of the session is no ${type}.`);
      return this.#hold(tx, ref.id);
    });
  }

  /** Holds on objects of any type, in order. @throws ClosedError when one is gone, OutOfMemoryError; then there are no new ones. */
  holdAll(refs: readonly BlockRef[]): Block[] {
    const blocks: Block[] = [];
    try {
      for (const ref of refs) {
        const block = this.#newHold((tx) => {
          verify(tx, ref);
          return this.#hold(tx, ref.id);
        });
        blocks.push(block);
      }
    } catch (error) {
      for (const block of blocks) this.release(block);
      throw error;
    }
    return blocks;
  }

  /**
   * Puts `refs` into a new bundle owned by `owner`, so that they outlive this thread, and stores its number at `journal`, a word address in the owner's block, in the same step as it
   * is made. Whoever repairs the owner after a kill finds it there.
   * @param extraBytes - room behind the refs for the owner's own use: see `bundleBlock`.
   */
  bundle(owner: BlockRef, refs: readonly BlockRef[], journal: number, extraBytes = 0): number {
    const bundle = this.transactInRoom((tx) => {
      const bytes = bundleBytes(refs.length) + extraBytes;
      const id = this.#allocate(tx, bytes, BUNDLE_TYPE);
      if (isLarge(classOf(bytes))) charge(tx, id, Math.ceil(bytes / PAGE_BYTES));
      linkBundle(tx, id, owner.id);
      tx.store(journal, id);
      return id;
    });
    try {
      for (let done = 0; done < refs.length; ) done = this.transact((tx) => fillBundle(tx, bundle, refs, done));
    } catch (error) {
      this.dropBundle(bundle, journal);
      throw error;
    }
    return bundle;
  }

  /**
   * Holds on every member of a bundle, in order. The bundle stays until `dropBundle`.
   * @param owner - refuses a bundle that is not its, where the number comes from memory that others can damage.
   */
  unbundle(bundle: number, journal: number, owner?: BlockRef): Block[] {
    this.#holds.collectWhenDue();
    const size = this.transact((tx) => {
      if (!isBundle(tx, bundle, owner?.id)) throw new RemoteError(`manycore: session memory is damaged: object ${bundle} is no bundle${owner === undefined ? '' : ` of object ${owner.id}`}.`);
      tx.store(journal, bundle);
      return bundleSize(tx, bundle);
    });
    const blocks: Block[] = [];
    while (blocks.length < size) {
      const from = blocks.length;
      const holds = this.transactInRoom((tx) =>
        Array.from({ length: Math.min(size - from, CHUNK) }, (_, i) => this.#hold(tx, bundleMember(tx, bundle, from + i))),
      );
      for (const hold of holds) blocks.push(this.#adopt(hold));
    }
    return blocks;
  }

  /** The memory of a bundle, which is there as long as the bundle: this is no hold. The first word is the bundle's own, then come its members. */
  bundleBlock(bundle: number): Block {
    const entry = entryOf(bundle);
    return new Block(this, bundle, this.windows.load(entry + OBJECT_STATE) >>> 1, blockOffset(this.windows, bundle), 2 ** this.windows.load(entry + OBJECT_CLASS));
  }

  /** Gives up a bundle, unless it has another `owner`, and clears `journal`. */
  dropBundle(bundle: number, journal: number, owner?: BlockRef): void {
    this.transact((tx) => {
      if (isBundle(tx, bundle, owner?.id)) dropBundle(tx, bundle);
      tx.store(journal, 0);
    });
  }

  /** Drops what the last tenant of a slot held. Only for a slot whose tenant is dead, or that this thread has just claimed. */
  reap(slot: number): boolean {
    const generation = this.slots.word(slot, SLOT_GENERATION);
    let found = false;
    // One holding at a time, and the generation each time: a new tenant raises it before it holds anything.
    while (this.slots.word(slot, SLOT_HOLD_COUNT) > 0 && this.transact((tx) => tx.load(slotWord(slot, SLOT_GENERATION)) === generation && removeLastHold(tx, slot))) found = true;
    return found;
  }

  /** Calls `look` whenever this thread looks for the dead, blocked waits included: it gives back what is held here for somebody who died. */
  beforeReaping(look: () => void): void {
    this.#lookers.push(look);
  }

  /** As `reapDead`, for those who look for the dead in every slice: at most once in `REAP_MS`. */
  reapDeadNowAndThen(): void {
    if (now() < this.#reapAgain) return;
    for (const look of this.#lookers) look();
    this.reapDead();
    this.#reapAgain = now() + REAP_MS;
  }

  /** Reaps every slot whose tenant is dead; whether there was anything to reap. */
  reapDead(): boolean {
    let found = false;
    for (let slot = 0; slot < SLOT_COUNT; slot++) {
      if (this.slots.word(slot, SLOT_HOLD_COUNT) === 0 || this.slots.isClaimed(slot, this.kernel.self)) continue;
      found = this.reap(slot) || found;
    }
    return found;
  }

  /** Runs `change` as one transaction under the memory lock, and then gives back what it condemned. Blocks for microseconds. */
  transact<T>(change: (tx: Transaction) => T): T {
    const { kernel } = this;
    const words = this.#lockWords;
    // Held for microseconds: looking for a dead owner right away is better than a slice of sleep.
    const got = tryLock(words, 0, kernel, false) ?? waitBlocked(words, LOCK_QUEUE, kernel, () => tryLockQueued(words, 0, kernel, true), Infinity);
    try {
      if (got !== 0) this.#tx.rollBack();
      const result = this.#tx.run(change);
      drainCondemned(this.#tx, (offset, length) => this.addon.punch(this.windows.fd, offset, length));
      return result;
    } finally {
      unlock(words, 0, kernel);
    }
  }

  /** As `transact`. What the dead left behind, and what is garbage here, is given back before anybody is refused. @throws OutOfMemoryError */
  transactInRoom<T>(change: (tx: Transaction) => T): T {
    for (const makeRoom of [() => this.reapDead(), () => this.#holds.collect()]) {
      try {
        return this.transact(change);
      } catch (error) {
        if (!(error instanceof OutOfMemoryError)) throw error;
        makeRoom();
      }
    }
    return this.transact(change);
  }

  #newHold(make: (tx: Transaction) => NewHold): Block {
    this.#holds.collectWhenDue();
    return this.#adopt(this.transactInRoom(make));
  }

  #allocate(tx: Transaction, bytes: number, type: number): number {
    return allocate(tx, bytes, type, (offset, length) => {
      const address = offset / 4;
      this.windows.holding(address).fill(0, address % WINDOW_WORDS, (address % WINDOW_WORDS) + length / 4);
    });
  }

  /** The part of a hold that is written in shared memory. */
  #hold(tx: Transaction, id: number): NewHold {
    const entry = entryOf(id);
    return {
      index: this.#holds.has(id) ? undefined : addHold(tx, this.kernel.slot, id),
      pages: tx.load(entry + OBJECT_PAGES),
      block: new Block(this, id, tx.load(entry + OBJECT_STATE) >>> 1, blockOffset(tx, id), 2 ** tx.load(entry + OBJECT_CLASS)),
    };
  }

  /** The part that this thread remembers: only once the transaction holds. */
  #adopt({ block, index, pages }: NewHold): Block {
    this.#holds.add(block, index, pages > 0 ? pages * PAGE_BYTES : Math.min(block.bytes, SLAB_BYTES));
    return block;
  }
}

const slotWord = (slot: number, word: number): number => SLOT_TABLE + slot * SLOT_WORDS + word;
