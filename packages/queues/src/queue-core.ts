/**
 * The shared state of a queue and the steps on it that do not wait: a locked ring (locked-ring.ts) with a limit of items, that can be shut down.
 */
import { hasWaiters, wakeAll, wakeOne, type Block, type BlockRef } from '@manycore/core/internal';
import { CLOSED, DONE, EMPTY, FULL, LockedRing, NOT_EMPTY, NOT_FULL, STATE } from './locked-ring.js';
import type { Message } from './ring-memory.js';
import { GETS, PUTS } from './ring.js';

export { CLOSED, DONE, FULL, NOT_EMPTY, NOT_FULL } from './locked-ring.js';

export const QUEUE_TYPE = 'manycore.Queue';

const MAX_SIZE = 217;
/** 64 KiB to 1 GiB. */
const SEGMENTS = 15;

const OPEN = 0;
const SHUT_DOWN = 1;
/** Shut down, and what was inside is not to be had any more. */
const SHUT_DOWN_NOW = 2;

export class QueueCore extends LockedRing {
  readonly maxSize: number;

  protected constructor(block: Block, ring: Block) {
    super(block, ring);
    this.maxSize = this.words.load(MAX_SIZE);
  }

  static create(maxSize: number, type = QUEUE_TYPE): QueueCore {
    const { block, ring } = LockedRing.allocate(type, SEGMENTS);
    block.words.store(MAX_SIZE, maxSize);
    return new this(block, ring);
  }

  static open(ref: BlockRef, type = QUEUE_TYPE): QueueCore {
    const { block, ring } = LockedRing.acquire(ref, type);
    return new this(block, ring);
  }

  get size(): number {
    return this.words.load(STATE) === SHUT_DOWN_NOW ? 0 : this.ring.size;
  }

  get isEmpty(): boolean {
    return this.words.load(STATE) === SHUT_DOWN_NOW || this.ring.isEmpty;
  }

  /** Whether there may be something for a getter: it is in sight, or the queue was shut down, which a getter has to be told. */
  get isWorthALook(): boolean {
    return this.ring.hasSeenMore || !this.isEmpty || this.isShutDown;
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
  take(): typeof DONE | typeof EMPTY | typeof CLOSED {
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

  shutDown(immediate: boolean): void {
    // Under the producer lock: no put that is under way now returns after the last getter has found the queue shut down and empty. Under both, so that either orders STATE.
    this.lockProducers(Infinity);
    this.lockConsumers(Infinity);
    if (immediate) this.words.store(STATE, SHUT_DOWN_NOW);
    else this.words.compareExchange(STATE, OPEN, SHUT_DOWN);
    this.unlockConsumers();
    this.unlockProducers();
    wakeAll(this.words, NOT_EMPTY, this.kernel);
    wakeAll(this.words, NOT_FULL, this.kernel);
  }
}
