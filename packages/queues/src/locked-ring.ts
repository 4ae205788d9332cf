/**
 * A ring of messages in shared memory with its two locks and its two places to wait: what queues and pipes have in common. Everything between `encode` and `decode` that does not wait.
 *
 * Block (1 KiB, or more where the subclass wants it): producer lock 0.., ring words (ring.ts), consumer lock 64.., places where getters (NOT_EMPTY) and putters (NOT_FULL) wait, then what hardly ever changes; words 217 to 223
 * belong to the subclass, and so do those from 256 on, where there are more. Words that producers write and words that consumers write are on different cache lines.
 *
 * The tag of an entry: the bundle (heap.ts) of the objects of ours that its value mentions, which keeps them alive while nobody but the ring holds them, below BUNDLE_BITS; above, what kind of
 * entry it is, which is the subclass's business. PUT_BUNDLE and TAKEN_BUNDLE journal the bundle that is being made or dissolved.
 *
 * | killed after                       | left behind                                                   | mended by                                     |
 * | ---------------------------------- | ------------------------------------------------------------- | --------------------------------------------- |
 * | making the bundle                  | PUT_BUNDLE, and no entry with that tag was put                | the next producer drops the bundle            |
 * | putting the entry                  | PUT_BUNDLE, and the entry was put                             | the next producer clears the journal          |
 * | holding the bundle's members       | holds of the dead; TAKEN_BUNDLE, and the entry is still there | reaping; the next consumer clears the journal |
 * | taking the entry                   | TAKEN_BUNDLE, and the entry was taken                         | the next consumer drops the bundle            |
 */
import {
  hasWaiters, lockBlocked, LOCK_QUEUE, MOST_LOADS, MOST_LOADS_ASYNC, newPatience, session, spinWhile, spinWhileNot, tryLock, tryLockQueued, unlock, wakeOne, type AtomicWords, type Block, type BlockRef, type Deadline, type Kernel, type Session, type Spinner,
} from '@manycore/core/internal';
import { HEAD, TAIL } from './ring-layout.js';
import { initRing, Ring } from './ring.js';
import { ringBytes, RING_TYPE, RingMemory, type Message } from './ring-memory.js';

const BYTES = 1024;
/** The first word behind those of the ring. */
export const BEHIND_RING = BYTES / 4;

const PRODUCER_LOCK = 0;
const PUT_BUNDLE = 56;
const CONSUMER_LOCK = 64;
const TAKEN_BUNDLE = 120;
export const NOT_EMPTY = 128;
export const NOT_FULL = 176;
export const STATE = 212;
const SEGMENTS = 213;
const RING_ID = 214;
const RING_GENERATION = 215;
const RING_BUNDLE = 216;

/** The bits of a tag that number a bundle. */
const BUNDLE_BITS = 28;
const BUNDLE_MASK = 2 ** BUNDLE_BITS - 1;
/** The bundle that a tag names; 0 for none. */
export const bundleOf = (tag: number): number => tag & BUNDLE_MASK;
export const kindOf = (tag: number): number => tag >>> BUNDLE_BITS;
export const tagOfKind = (kind: number): number => kind << BUNDLE_BITS;

export const DONE = 1;
export const FULL = 2;
export const EMPTY = 2;
export const CLOSED = 3;

/** What a pop found: the payload is in the memory's inbox, and these are holds on what it mentions. */
export interface Taken {
  length: number;
  blocks: readonly Block[];
}

const NONE: readonly Block[] = [];

export class LockedRing {
  readonly words: AtomicWords;
  readonly memory: RingMemory;
  protected readonly ring: Ring<Message, number>;
  protected readonly session: Session = session();
  protected readonly kernel: Kernel;
  /** Look for a moment whether an entry comes: before a thread blocks, and, for much shorter, before a promise waits. */
  readonly itemSpinner = this.#spinner(MOST_LOADS);
  readonly asyncItemSpinner = this.#spinner(MOST_LOADS_ASYNC);
  /** Filled by `popEntry`. */
  readonly taken: Taken = { length: 0, blocks: NONE };

  /** The bundle of the entry that is being taken. */
  #claimed = 0;
  readonly #claim = (tag: number): void => {
    const bundle = tag & BUNDLE_MASK;
    if (bundle === 0) return;
    this.ring.forgetLastTaken();
    this.taken.blocks = this.session.heap.unbundle(bundle, this.block.address + TAKEN_BUNDLE, this.block);
    this.#claimed = bundle;
  };

  protected constructor(
    readonly block: Block,
    ring: Block,
  ) {
    this.words = block.words;
    this.kernel = this.session.kernel;
    this.memory = new RingMemory(block, ring, this.words.load(SEGMENTS));
    this.ring = new Ring(this.words, this.memory);
  }

  /** Allocates the block of an empty ring of that many segments, which holds its ring memory. */
  protected static allocate(type: string, segments: number, bytes = BYTES): { block: Block; ring: Block } {
    const { heap } = session();
    const block = heap.allocate(bytes, type);
    const ring = heap.allocate(ringBytes(segments), RING_TYPE, 0);
    // The block holds its ring; this thread's own hold of it comes and goes.
    heap.bundle(block, [ring], block.address + RING_BUNDLE);
    const { words } = block;
    words.store(SEGMENTS, segments);
    words.store(RING_ID, ring.id);
    words.store(RING_GENERATION, ring.generation);
    initRing(words);
    return { block, ring };
  }

  /** Takes hold of one that exists. @throws ClosedError when it is gone. */
  protected static acquire(ref: BlockRef, type: string): { block: Block; ring: Block } {
    const { heap } = session();
    const block = heap.acquire(ref, type);
    const { words } = block;
    return { block, ring: heap.acquire({ id: words.load(RING_ID), generation: words.load(RING_GENERATION) }, RING_TYPE) };
  }

  /** Ends this object's hold on the ring at once, if no promise of this thread waits at it; else that is the garbage collector's. The object must not be used afterwards. */
  release(): void {
    const { heap, waits } = this.session;
    if (waits.isWaitedFor(this.words, NOT_EMPTY) || waits.isWaitedFor(this.words, NOT_FULL)) return;
    waits.forget(this.words);
    heap.release(this.memory.ring);
    heap.release(this.block);
  }

  // --- producers ---

  lockProducers(deadline: Deadline): boolean {
    const dead = lockBlocked(this.words, PRODUCER_LOCK, this.session.kernel, deadline);
    if (dead === undefined) return false;
    if (dead !== 0) this.#mend(PRODUCER_LOCK, () => this.repairProducer());
    return true;
  }

  tryLockProducers(lookForDead: boolean): boolean {
    const dead = this.#tryLock(PRODUCER_LOCK, lookForDead);
    if (dead === undefined) return false;
    if (dead !== 0) this.#mend(PRODUCER_LOCK, () => this.repairProducer());
    return true;
  }

  unlockProducers(): void {
    unlock(this.words, PRODUCER_LOCK, this.kernel);
  }

  /** Puts one entry; under the producer lock. False when there is no room; then nothing has changed. @throws OutOfMemoryError; then nothing was put. */
  protected pushEntry(message: Message, kind = 0, refs: readonly BlockRef[] = message.refs): boolean {
    if (refs.length === 0) return this.ring.push(message, message.length, tagOfKind(kind));
    if (!this.ring.fits(message.length)) return false;
    const { heap } = this.session;
    const journal = this.block.address + PUT_BUNDLE;
    this.ring.forgetLastPut();
    const bundle = heap.bundle(this.block, refs, journal);
    try {
      this.ring.push(message, message.length, bundle | tagOfKind(kind));
    } catch (error) {
      heap.dropBundle(bundle, journal);
      throw error;
    }
    this.words.store(PUT_BUNDLE, 0);
    return true;
  }

  protected repairProducer(): void {
    this.ring.repairProducer();
    const bundle = this.words.load(PUT_BUNDLE);
    if (bundle === 0) return;
    if ((this.ring.lastPut & BUNDLE_MASK) === bundle) this.words.store(PUT_BUNDLE, 0);
    else this.session.heap.dropBundle(bundle, this.block.address + PUT_BUNDLE, this.block);
  }

  // --- consumers ---

  lockConsumers(deadline: Deadline): boolean {
    const dead = lockBlocked(this.words, CONSUMER_LOCK, this.session.kernel, deadline);
    if (dead === undefined) return false;
    if (dead !== 0) this.#mend(CONSUMER_LOCK, () => this.repairConsumer());
    return true;
  }

  tryLockConsumers(lookForDead: boolean): boolean {
    const dead = this.#tryLock(CONSUMER_LOCK, lookForDead);
    if (dead === undefined) return false;
    if (dead !== 0) this.#mend(CONSUMER_LOCK, () => this.repairConsumer());
    return true;
  }

  unlockConsumers(): void {
    unlock(this.words, CONSUMER_LOCK, this.kernel);
  }

  /** Takes one entry into `taken` and the memory's inbox; under the consumer lock. False when there is none. */
  protected popEntry(): boolean {
    this.taken.blocks = NONE;
    this.#claimed = 0;
    const length = this.ring.pop(this.#claim);
    if (length === undefined) return false;
    this.taken.length = length;
    if (this.#claimed !== 0) this.session.heap.dropBundle(this.#claimed, this.block.address + TAKEN_BUNDLE, this.block);
    return true;
  }

  /** Hands the holds on what the taken message mentions to the caller, who gives them back with `releaseTaken`. */
  claimTaken(): readonly Block[] {
    const { blocks } = this.taken;
    this.taken.blocks = NONE;
    return blocks;
  }

  /** After decoding, when the value has holds of its own on what it mentions: an end of a pipe that it closes is closed then, not when the garbage collector comes. */
  releaseTaken(blocks: readonly Block[]): void {
    this.session.heap.releaseAll(blocks);
  }

  protected repairConsumer(): void {
    this.ring.repairConsumer();
    const bundle = this.words.load(TAKEN_BUNDLE);
    if (bundle === 0) return;
    if ((this.ring.lastTaken & BUNDLE_MASK) === bundle) this.session.heap.dropBundle(bundle, this.block.address + TAKEN_BUNDLE, this.block);
    else this.words.store(TAKEN_BUNDLE, 0);
  }

  /** By the chain rule: whoever took an entry lets the next getter know that there is more. */
  protected announceMore(): void {
    if (hasWaiters(this.words, NOT_EMPTY) && !this.ring.isEmpty) wakeOne(this.words, NOT_EMPTY, this.kernel);
  }

  // --- both ---

  /** Damage can make a repair fail; the lock is not kept then. */
  #mend(lock: number, repair: () => void): void {
    try {
      repair();
    } catch (error) {
      unlock(this.words, lock, this.kernel);
      throw error;
    }
  }

  #spinner(most: number): Spinner {
    const patience = newPatience(most);
    const look = (): boolean => {
      const head = this.words.load(HEAD);
      return head !== this.words.load(TAIL) || spinWhile(this.words, HEAD, head, patience);
    };
    return { look, patience };
  }

  /** As `tryLock` of core; undefined when somebody is at it: then this thread is rung when that is over. */
  #tryLock(lock: number, lookForDead: boolean): number | undefined {
    const { kernel } = this.session;
    let dead = tryLock(this.words, lock, kernel, false);
    if (dead === undefined && spinWhileNot(this.words, lock, 0, kernel)) dead = tryLock(this.words, lock, kernel, false);
    if (dead !== undefined) return dead;
    // Whoever is at it was interrupted: its unlock rings us, and then everything that was busy is tried again.
    this.session.waits.enlistAlso(this.words, lock + LOCK_QUEUE);
    return tryLockQueued(this.words, lock, kernel, lookForDead);
  }
}
