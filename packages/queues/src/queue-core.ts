/**
 * The shared state of a queue and the steps on it that do not wait: a locked ring (locked-ring.ts) with a limit of items, that can be shut down.
 */
import type { LockGraphWaiter } from '@manycore/core';
import { hasWaiters, wakeAll, waitersAt, wakeOne, type Block, type BlockRef } from '@manycore/core/internal';
import { CLOSED, DONE, EMPTY, FULL, LockedRing, NOT_EMPTY, NOT_FULL, STATE } from './locked-ring.js';
import type { Message } from './ring-memory.js';
import { GETS, PUTS } from './ring-layout.js';

export { CLOSED, DONE, FULL, NOT_EMPTY, NOT_FULL } from './locked-ring.js';

/** Where threads wait at a queue, in the order that `lockGraph` and `blockedOn` count them. */
export const QUEUE_PLACES: readonly number[] = [NOT_EMPTY, NOT_FULL];
export const AT_NOT_EMPTY = { at: 0 };
export const AT_NOT_FULL = { at: 1 };

export const MAX_SIZE = 217;
/** 64 KiB to 1 GiB. */
export const QUEUE_SEGMENTS = 15;

const OPEN = 0;
const SHUT_DOWN = 1;
/** Shut down, and what was inside is not to be had any more. */
export const SHUT_DOWN_NOW = 2;

export class QueueCore extends LockedRing {
  readonly maxSize: number;
  /** As in messages: `Queue`. */
  readonly name: string;
  /** Where threads wait at it. */
  readonly places = QUEUE_PLACES;
  /** The lease of what `take` took; 0 where there are none. */
  takenLease = 0;

  /** @param type - the name of the type in the session: `manycore.Queue`. */
  protected constructor(
    readonly type: string,
    block: Block,
    ring: Block,
  ) {
    super(block, ring);
    this.name = type.split('.')[1]!;
    this.maxSize = this.words.load(MAX_SIZE);
  }

  static create(type: string, maxSize: number): QueueCore {
    const { block, ring } = LockedRing.allocate(type, QUEUE_SEGMENTS);
    block.words.store(MAX_SIZE, maxSize);
    return new QueueCore(type, block, ring);
  }

  static open(type: string, ref: BlockRef): QueueCore {
    const { block, ring } = LockedRing.acquire(ref, type);
    return new QueueCore(type, block, ring);
  }

  get size(): number {
    return this.words.load(STATE) === SHUT_DOWN_NOW ? 0 : this.ring.size;
  }

  get isEmpty(): boolean {
    return this.words.load(STATE) === SHUT_DOWN_NOW || this.ring.isEmpty;
  }

  /** Whether there may be something for a getter: it is in sight, or the queue was shut down, which a getter has to be told. `lookForDead`: also what the dead left. */
  isWorthALook(_lookForDead: boolean): boolean {
    return this.ring.hasSeenMore || !this.isEmpty || this.isShutDown;
  }

  /** Whether a get would find an item, or that the queue has ended. */
  isReady(_lookForDead: boolean): boolean {
    return !this.isEmpty || this.isShutDown;
  }

  get isFull(): boolean {
    return this.maxSize > 0 && this.ring.size >= this.maxSize;
  }

  get isShutDown(): boolean {
    return this.words.load(STATE) !== OPEN;
  }

  /** Puts one message; under the producer lock. @throws OutOfMemoryError; then nothing was put. */
  put(message: Message): typeof DONE | typeof FULL | typeof CLOSED {
    if (this.words.get(STATE) !== OPEN) return CLOSED;
    if (this.maxSize > 0 && ((this.words.get(PUTS) - this.words.load(GETS)) | 0) >= this.maxSize) return FULL;
    return this.pushEntry(message) ? DONE : FULL;
  }

  /** After a put, outside of the lock: lets a getter know. */
  announcePut(): void {
    wakeOne(this.words, NOT_EMPTY, this.kernel);
  }

  /** Takes one message into `taken` and the memory's inbox; under the consumer lock. */
  take(_lookForDead: boolean): typeof DONE | typeof EMPTY | typeof CLOSED {
    const state = this.words.get(STATE);
    if (state === SHUT_DOWN_NOW) return CLOSED;
    if (this.popEntry()) return DONE;
    return state === OPEN ? EMPTY : CLOSED;
  }

  /** After a take, outside of the lock: lets a putter know that there is room, and, by the chain rule, the next getter that there is more. */
  announceTake(): void {
    if (this.maxSize > 0) wakeOne(this.words, NOT_FULL, this.kernel);
    this.announceMore();
  }

  /** By the chain rule: a putter that had room lets the next one know that there is more of it. */
  announceRoom(): void {
    if (this.maxSize > 0 && hasWaiters(this.words, NOT_FULL) && !this.isFull) wakeOne(this.words, NOT_FULL, this.kernel);
  }

  /** What was taken was decoded, and is given to the user. */
  given(_lease: number, _value: unknown): void {
    // Of interest where there are leases.
  }

  /** Threads that wait at one of `places`. */
  waitersAt(at: number): LockGraphWaiter[] {
    return waitersAt(this.session, this.block, this.words, this.places, at);
  }

  /** Under both locks. */
  protected endNow(): void {
    this.words.store(STATE, SHUT_DOWN_NOW);
  }

  shutDown(immediate: boolean): void {
    // Under the producer lock: no put that is under way now returns after the last getter has found the queue shut down and empty. Under both, so that either orders STATE.
    this.lockProducers(Infinity);
    this.lockConsumers(Infinity);
    if (immediate) this.endNow();
    else this.words.compareExchange(STATE, OPEN, SHUT_DOWN);
    this.unlockConsumers();
    this.unlockProducers();
    wakeAll(this.words, NOT_EMPTY, this.kernel);
    wakeAll(this.words, NOT_FULL, this.kernel);
  }
}
