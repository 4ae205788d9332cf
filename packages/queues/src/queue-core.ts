/**
 * The shared state of a queue and the steps on it that do not wait: everything between `encode` and `decode`.
 *
 * Block (1 KiB): producer lock 0.., ring words (ring.ts), consumer lock 64.., places where getters (NOT_EMPTY) and putters (NOT_FULL) wait, then what hardly ever changes. Words that
 * producers write and words that consumers write are on different cache lines.
 *
 * An entry whose value mentions objects of ours has a bundle as its tag (heap.ts): it keeps them alive while nobody but the queue holds them. PUT_BUNDLE and TAKEN_BUNDLE journal
 * the bundle that is being made or dissolved.
 *
 * | killed after                       | left behind                                                   | mended by                                     |
 * | ---------------------------------- | ------------------------------------------------------------- | --------------------------------------------- |
 * | making the bundle                  | PUT_BUNDLE, and no entry with that tag was put                | the next producer drops the bundle            |
 * | putting the entry                  | PUT_BUNDLE, and the entry was put                             | the next producer clears the journal          |
 * | holding the bundle's members       | holds of the dead; TAKEN_BUNDLE, and the entry is still there | reaping; the next consumer clears the journal |
 * | taking the entry                   | TAKEN_BUNDLE, and the entry was taken                         | the next consumer drops the bundle            |
 */
import {
  hasWaiters, lockBlocked, LOCK_QUEUE, MOST_LOADS, MOST_LOADS_ASYNC, newPatience, session, spinWhile, spinWhileNot, tryLock, tryLockQueued, unlock, wakeAll, wakeOne, type AtomicWords, type Block, type BlockRef, type Deadline, type Encoded, type Patience, type Session,
} from '@manycore/core/internal';
import { GETS, HEAD, initRing, PUTS, Ring, TAIL } from './ring.js';
import { RING_BYTES, RING_TYPE, RingMemory } from './ring-memory.js';

export const QUEUE_TYPE = 'manycore.Queue';
const BYTES = 1024;

const PRODUCER_LOCK = 0;
const PUT_BUNDLE = 56;
const CONSUMER_LOCK = 64;
const TAKEN_BUNDLE = 120;
export const NOT_EMPTY = 128;
export const NOT_FULL = 176;
const STATE = 212;
const MAX_SIZE = 213;
const RING_ID = 214;
const RING_GENERATION = 215;
const RING_BUNDLE = 216;

const OPEN = 0;
const SHUT_DOWN = 1;
/** Shut down, and what was inside is not to be had any more. */
const SHUT_DOWN_NOW = 2;

export const DONE = 1;
export const FULL = 2;
export const EMPTY = 2;
export const CLOSED = 3;
/** Somebody is at it. */
export const BUSY = 4;
export type Outcome = typeof DONE | typeof FULL | typeof CLOSED | typeof BUSY;

/** What a pop found: the payload is in `QueueCore.inbox`, and these are holds on what it mentions. */
export interface Taken {
  length: number;
  blocks: readonly Block[];
}

const NONE: readonly Block[] = [];

export class QueueCore {
  readonly words: AtomicWords;
  readonly memory: RingMemory;
  readonly #ring: Ring<Encoded, number>;
  readonly #session: Session = session();
  readonly maxSize: number;
  /** Look for a moment whether an item comes: before a thread blocks, and, for much shorter, before a promise waits. */
  readonly itemSpinner = this.#spinner(MOST_LOADS);
  readonly asyncItemSpinner = this.#spinner(MOST_LOADS_ASYNC);
  /** Filled by `take`. */
  readonly taken: Taken = { length: 0, blocks: NONE };

  /** The bundle of the entry that is being taken. */
  #claimed = 0;
  readonly #claim = (bundle: number): void => {
    this.taken.blocks = this.#session.heap.unbundle(bundle, this.block.address + TAKEN_BUNDLE);
    this.#claimed = bundle;
  };

  private constructor(
    readonly block: Block,
    ring: Block,
  ) {
    this.words = block.words;
    this.memory = new RingMemory(block, ring);
    this.#ring = new Ring(this.words, this.memory);
    this.maxSize = this.words.load(MAX_SIZE);
  }

  static create(maxSize: number): QueueCore {
    const { heap } = session();
    const block = heap.allocate(BYTES, QUEUE_TYPE);
    const ring = heap.allocate(RING_BYTES, RING_TYPE, 0);
    // The queue holds its ring; this thread's own hold of it comes and goes.
    heap.bundle(block, [ring], block.address + RING_BUNDLE);
    const { words } = block;
    words.store(MAX_SIZE, maxSize);
    words.store(RING_ID, ring.id);
    words.store(RING_GENERATION, ring.generation);
    initRing(words);
    return new QueueCore(block, ring);
  }

  static open(ref: BlockRef): QueueCore {
    const { heap } = session();
    const block = heap.acquire(ref, QUEUE_TYPE);
    const { words } = block;
    return new QueueCore(block, heap.acquire({ id: words.load(RING_ID), generation: words.load(RING_GENERATION) }, RING_TYPE));
  }

  get size(): number {
    return this.words.load(STATE) === SHUT_DOWN_NOW ? 0 : this.#ring.size;
  }

  get isEmpty(): boolean {
    return this.words.load(STATE) === SHUT_DOWN_NOW || this.#ring.isEmpty;
  }

  /** Whether there may be something for a getter: it is in sight, or the queue was shut down, which a getter has to be told. */
  get isWorthALook(): boolean {
    return this.#ring.hasSeenMore || !this.isEmpty || this.isShutDown;
  }

  get isFull(): boolean {
    return this.maxSize > 0 && this.#ring.size >= this.maxSize;
  }

  get isShutDown(): boolean {
    return this.words.load(STATE) !== OPEN;
  }

  // --- producers ---

  lockProducers(deadline: Deadline): boolean {
    const dead = lockBlocked(this.words, PRODUCER_LOCK, this.#session.kernel, deadline);
    if (dead === undefined) return false;
    if (dead !== 0) this.#repairProducer();
    return true;
  }

  tryLockProducers(lookForDead: boolean): boolean {
    return this.#tryLock(PRODUCER_LOCK, lookForDead, () => this.#repairProducer());
  }

  unlockProducers(): void {
    unlock(this.words, PRODUCER_LOCK, this.#session.kernel);
  }

  /** Puts one message; under the producer lock. @throws OutOfMemoryError; then nothing was put. */
  put(message: Encoded): typeof DONE | typeof FULL | typeof CLOSED {
    if (this.words.get(STATE) !== OPEN) return CLOSED;
    if (this.maxSize > 0 && ((this.words.get(PUTS) - this.words.load(GETS)) | 0) >= this.maxSize) return FULL;
    if (message.refs.length > 0) return this.#putWithBundle(message);
    return this.#ring.push(message, message.length, 0) ? DONE : FULL;
  }

  #putWithBundle(message: Encoded): typeof DONE | typeof FULL {
    if (!this.#ring.fits(message.length)) return FULL;
    const { heap } = this.#session;
    const journal = this.block.address + PUT_BUNDLE;
    const bundle = heap.bundle(this.block, message.refs, journal);
    try {
      this.#ring.push(message, message.length, bundle);
    } catch (error) {
      heap.dropBundle(bundle, journal);
      throw error;
    }
    this.words.store(PUT_BUNDLE, 0);
    return DONE;
  }

  #repairProducer(): void {
    this.#ring.repairProducer();
    const bundle = this.words.load(PUT_BUNDLE);
    if (bundle === 0) return;
    if (this.#ring.wasPut(bundle)) this.words.store(PUT_BUNDLE, 0);
    else this.#session.heap.dropBundle(bundle, this.block.address + PUT_BUNDLE);
  }

  /** After a put, outside of the lock: lets a getter know. */
  announcePut(): void {
    wakeOne(this.words, NOT_EMPTY, this.#session.kernel);
  }

  // --- consumers ---

  lockConsumers(deadline: Deadline): boolean {
    const dead = lockBlocked(this.words, CONSUMER_LOCK, this.#session.kernel, deadline);
    if (dead === undefined) return false;
    if (dead !== 0) this.#repairConsumer();
    return true;
  }

  tryLockConsumers(lookForDead: boolean): boolean {
    return this.#tryLock(CONSUMER_LOCK, lookForDead, () => this.#repairConsumer());
  }

  unlockConsumers(): void {
    unlock(this.words, CONSUMER_LOCK, this.#session.kernel);
  }

  /** Takes one message into `taken` and the memory's inbox; under the consumer lock. */
  take(): typeof DONE | typeof EMPTY | typeof CLOSED {
    const state = this.words.get(STATE);
    if (state === SHUT_DOWN_NOW) return CLOSED;
    this.taken.blocks = NONE;
    this.#claimed = 0;
    const length = this.#ring.pop(this.#claim);
    if (length === undefined) return state === OPEN ? EMPTY : CLOSED;
    this.taken.length = length;
    if (this.#claimed !== 0) this.#session.heap.dropBundle(this.#claimed, this.block.address + TAKEN_BUNDLE);
    return DONE;
  }

  /** After decoding, when the value has holds of its own on what it mentions. */
  forgetTaken(): void {
    this.taken.blocks = NONE;
  }

  #spinner(most: number): { look(): boolean; readonly patience: Patience } {
    const patience = newPatience(most);
    const look = (): boolean => {
      const head = this.words.load(HEAD);
      return head !== this.words.load(TAIL) || spinWhile(this.words, HEAD, head, patience);
    };
    return { look, patience };
  }

  #repairConsumer(): void {
    this.#ring.repairConsumer();
    const bundle = this.words.load(TAKEN_BUNDLE);
    if (bundle === 0) return;
    if (this.#ring.wasTaken(bundle)) this.#session.heap.dropBundle(bundle, this.block.address + TAKEN_BUNDLE);
    else this.words.store(TAKEN_BUNDLE, 0);
  }

  /** After a take, outside of the lock: lets a putter know that there is room, and, by the chain rule, the next getter that there is more. */
  announceTake(): void {
    const { kernel } = this.#session;
    if (this.maxSize > 0) wakeOne(this.words, NOT_FULL, kernel);
    if (hasWaiters(this.words, NOT_EMPTY) && !this.#ring.isEmpty) wakeOne(this.words, NOT_EMPTY, kernel);
  }

  /** By the chain rule: a putter that had room lets the next one know that there is more of it. */
  announceRoom(): void {
    if (this.maxSize > 0 && hasWaiters(this.words, NOT_FULL) && !this.isFull) wakeOne(this.words, NOT_FULL, this.#session.kernel);
  }

  // --- both ---

  #tryLock(lock: number, lookForDead: boolean, repair: () => void): boolean {
    const { kernel } = this.#session;
    let dead = tryLock(this.words, lock, kernel, false);
    if (dead === undefined && spinWhileNot(this.words, lock, 0, kernel)) dead = tryLock(this.words, lock, kernel, false);
    if (dead === undefined) {
      // Whoever is at it was interrupted: its unlock rings us, and then everything that was busy is tried again.
      this.#session.waits.enlistAlso(this.words, lock + LOCK_QUEUE);
      dead = tryLockQueued(this.words, lock, kernel, lookForDead);
    }
    if (dead === undefined) return false;
    if (dead !== 0) repair();
    return true;
  }

  shutDown(immediate: boolean): void {
    const { kernel } = this.#session;
    // Under the producer lock: no put that is under way now returns after the last getter has found the queue shut down and empty. Under both, so that either orders STATE.
    this.lockProducers(Infinity);
    this.lockConsumers(Infinity);
    if (immediate) this.words.store(STATE, SHUT_DOWN_NOW);
    else this.words.compareExchange(STATE, OPEN, SHUT_DOWN);
    this.unlockConsumers();
    this.unlockProducers();
    wakeAll(this.words, NOT_EMPTY, kernel);
    wakeAll(this.words, NOT_FULL, kernel);
  }
}
