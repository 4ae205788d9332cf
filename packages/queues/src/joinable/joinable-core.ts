/**
 * The shared state of a joinable queue and the steps on it that do not wait: a queue that knows who has taken what (leases.ts). The order of locks: producers, consumers, memory.
 *
 * Without redelivery a get costs some stores more than in a `Queue`; with it, a block of memory and a copy of the item, and `taskDone` gives it back.
 */
import { SLOT_COUNT, wakeAll, wakeOne, type Block, type BlockRef } from '@manycore/core/internal';
import { QueueError } from '../errors.js';
import { bundleOf, CLOSED, EMPTY, LockedRing, NOT_EMPTY, NOT_FULL, STATE } from '../locked-ring.js';
import { DONE, MAX_SIZE, QUEUE_SEGMENTS, QueueCore, SHUT_DOWN_NOW } from '../queue-core.js';
import { GETS } from '../ring-layout.js';
import { LeaseBlocks } from './lease-blocks.js';
import { ALL_DONE, DROPPING, Leases, LOOKING_INTO, LOST, REDELIVERS, REDO_LOG, REFS, wordsFor } from './leases.js';
import { neverDone } from './never-done.js';
import { RedoLog } from './redo-log.js';

export { ALL_DONE } from './leases.js';

export const JOINABLE_TYPE = 'manycore.JoinableQueue';
export const JOINABLE_PLACES: readonly number[] = [NOT_EMPTY, NOT_FULL, ALL_DONE];
export const AT_ALL_DONE = { at: 2 };

export class JoinableCore extends QueueCore {
  override readonly places = JOINABLE_PLACES;
  readonly redelivers: boolean;
  readonly #blocks: LeaseBlocks;
  readonly #log: RedoLog;
  readonly #leases: Leases;
  /** What was gotten through this object and not marked, by lease. Another object, or thread, may have marked it: then it stays here until the number of the lease is used again. */
  readonly #given = new Map<number, unknown>();
  /** The session's count of deaths when this object last looked for leases of the dead. */
  #deathsSeen = -1;

  private constructor(block: Block, ring: Block) {
    super(JOINABLE_TYPE, block, ring);
    this.redelivers = this.words.load(REDELIVERS) === 1;
    this.#blocks = new LeaseBlocks(block, this.memory);
    this.#log = new RedoLog(this.words, REDO_LOG, this.#blocks.wordsOf);
    this.#leases = new Leases(this.words, this.#log, this.session.kernel, SLOT_COUNT);
  }

  static make(maxSize: number, redelivers: boolean): JoinableCore {
    const { block, ring } = LockedRing.allocate(JOINABLE_TYPE, QUEUE_SEGMENTS, wordsFor(SLOT_COUNT) * 4);
    block.words.store(MAX_SIZE, maxSize);
    block.words.store(REDELIVERS, redelivers ? 1 : 0);
    return new JoinableCore(block, ring);
  }

  static arrived(ref: BlockRef): JoinableCore {
    const { block, ring } = LockedRing.acquire(ref, JOINABLE_TYPE);
    return new JoinableCore(block, ring);
  }

  /** Items that were put and not marked as done. */
  get unfinished(): number {
    return Math.max(0, this.#leases.unfinished);
  }

  // --- what is there to get: the ring, and what the dead had ---

  override get size(): number {
    return super.size + (this.#isEnded ? 0 : this.#returning);
  }

  override get isEmpty(): boolean {
    return super.isEmpty && (this.#isEnded || this.#returning === 0);
  }

  override isWorthALook(lookForDead: boolean): boolean {
    return super.isWorthALook(lookForDead) || (lookForDead && this.#mayReturn(true));
  }

  override isReady(lookForDead: boolean): boolean {
    return super.isReady(lookForDead) || (lookForDead && this.#mayReturn(true));
  }

  /** What was returned, and what of the dead will be by the next get. */
  get #returning(): number {
    if (!this.redelivers) return 0;
    const { returned } = this.#leases;
    if (!this.#mayReturn(false)) return returned;
    return this.#leases.all().reduce((sum, { owner, count }) => (this.kernel.isAlive(owner) ? sum : sum + count), returned);
  }

  /** Whether somebody who died has leases: asked when told to, and when a death was announced since. */
  #mayReturn(lookForDead: boolean): boolean {
    const { deaths } = this.session;
    if (!this.redelivers || (!lookForDead && deaths === this.#deathsSeen)) return false;
    if (this.#leases.hasDead()) return true;
    this.#deathsSeen = deaths;
    return false;
  }

  get #isEnded(): boolean {
    return this.words.load(STATE) === SHUT_DOWN_NOW;
  }

  // --- taking ---

  override take(lookForDead: boolean): typeof DONE | typeof EMPTY | typeof CLOSED {
    if (this.#isEnded) return CLOSED;
    const isTaken = this.redelivers ? this.#takeBack(lookForDead) || this.#takeCopied() : this.#takeCounted();
    if (isTaken) return DONE;
    return this.isShutDown ? CLOSED : EMPTY;
  }

  #takeCounted(): boolean {
    if (this.ring.isEmpty) return false;
    this.#leases.armTaking(0, this.#nextGets);
    return this.#popArmed(() => this.popEntry());
  }

  /** From the ring, with a copy that stays until the item is done. */
  #takeCopied(): boolean {
    const next = this.ring.peek();
    if (next === undefined) return false;
    const refs = bundleOf(next.tag);
    const blocks = this.#hold(refs);
    const { lease, item } = this.#blocks.make(next.length, refs);
    const { memory } = this;
    try {
      memory.target = item;
      memory.targetAt = 0;
      this.#leases.armTaking(lease, this.#nextGets);
      this.#popArmed(() => this.ring.pop(() => undefined));
    } finally {
      memory.target = undefined;
      // Only if the item was not taken.
      this.#blocks.settle();
    }
    this.#present(lease, blocks);
    return true;
  }

  /** Takes the entry that a change is armed for. */
  #popArmed(pop: () => unknown): true {
    try {
      pop();
      return true;
    } finally {
      // It may have thrown, before the entry was taken or after it.
      this.#log.settle(this.words.get(GETS));
    }
  }

  /** An item that somebody had who died. */
  #takeBack(lookForDead: boolean): boolean {
    this.#returnDead(lookForDead);
    const lease = this.#leases.firstReturned;
    if (lease === 0) return false;
    const blocks = this.#hold(this.#blocks.wordsOf(lease).get(REFS));
    this.#leases.takeReturned();
    this.#present(lease, blocks);
    return true;
  }

  #returnDead(lookForDead: boolean): number {
    const { deaths } = this.session;
    const former = this.#leases.returnFormer();
    if (!lookForDead && deaths === this.#deathsSeen) return former;
    const count = this.#leases.returnDead();
    this.#deathsSeen = deaths;
    return former + count;
  }

  /** Holds on what an item mentions, before anything is changed. */
  #hold(refs: number): readonly Block[] {
    return refs === 0 ? [] : this.session.heap.unbundle(refs, this.block.address + LOOKING_INTO);
  }

  #present(lease: number, blocks: readonly Block[]): void {
    this.takenLease = lease;
    this.taken.length = this.#blocks.read(lease);
    this.taken.blocks = blocks;
  }

  get #nextGets(): number {
    return (this.words.get(GETS) + 1) | 0;
  }

  protected override announceMore(): void {
    if (this.#leases.returned > 0) wakeOne(this.words, NOT_EMPTY, this.kernel);
    else super.announceMore();
  }

  protected override repairConsumer(): void {
    // A change of session memory that the dead was in the middle of is taken back by the next one that is made.
    this.session.heap.transact(() => undefined);
    super.repairConsumer();
    this.#log.settle(this.words.load(GETS));
    this.#blocks.settle();
  }

  // --- done ---

  override given(lease: number, value: unknown): void {
    if (lease !== 0) this.#given.set(lease, value);
  }

  /**
   * Marks one item as done; false when there is no unfinished one. Waits for the locks, which are only held for the length of a copy.
   * @param item - which, unless it is undefined; without redelivery it makes no difference.
   * @throws QueueError when this thread has no such item.
   */
  markDone(item?: unknown): boolean {
    for (;;) {
      this.lockConsumers(Infinity);
      try {
        if (this.#leases.unfinished > 0) {
          this.#leases.markDone((owner) => this.#rank(owner), this.#leaseOf(item));
          this.#given.delete(this.words.get(DROPPING));
          this.#blocks.settle();
          break;
        }
      } finally {
        this.unlockConsumers();
      }
      if (!this.#isUnfinished()) return false;
    }
    this.announceDone();
    return true;
  }

  #leaseOf(item: unknown): number {
    if (item === undefined || !this.redelivers) return 0;
    const lease = this.#leases.findOwn((own) => this.#given.has(own) && Object.is(this.#given.get(own), item));
    if (lease === 0) throw new QueueError(`${this.name}.taskDone: this thread has not gotten such an item through this queue object, or has marked it as done already.`);
    return lease;
  }

  /** Exact, where the count may be behind: an entry can be taken before its producer has counted it. */
  #isUnfinished(): boolean {
    this.lockProducers(Infinity);
    const { unfinished } = this.#leases;
    this.unlockProducers();
    return unfinished > 0;
  }

  /** First this process's other threads: they may have handed the item on. What the dead had is only counted, and not to be had back, without redelivery. */
  #rank(owner: number): number | undefined {
    const { slots } = this.session;
    if (!this.kernel.isAlive(owner)) return this.redelivers ? undefined : 2;
    return slots.tenant(owner)?.pid === process.pid ? 0 : 1;
  }

  /** Outside of the locks: ends `join` when nothing is unfinished. */
  announceDone(): void {
    if (this.#leases.unfinished <= 0) wakeAll(this.words, ALL_DONE, this.kernel);
  }

  /** Whether everything that was put is done; exact. Under the producer lock. */
  get isAllDone(): boolean {
    return this.#leases.unfinished <= 0;
  }

  /** Whether `join` should look after the dead although it was not told to. */
  get hasNewDead(): boolean {
    return this.session.deaths !== this.#deathsSeen;
  }

  /**
   * Under the consumer lock: gives back to the queue what the dead had; how many items.
   * @throws QueueError when all that is unfinished was taken by threads that died, and is not redelivered.
   */
  lookAfterDead(): number {
    if (!this.redelivers) {
      this.#complainOfDead();
      return 0;
    }
    if (!this.#isEnded) return this.#returnDead(true);
    this.#leases.endDead(() => this.#blocks.settle());
    return 0;
  }

  #complainOfDead(): void {
    const { deaths } = this.session;
    this.#deathsSeen = deaths;
    const { unfinished } = this.#leases;
    if (!this.isEmpty || unfinished <= 0) return;
    const error = neverDone(this.name, unfinished, this.#leases.all(), this.words.get(LOST), this.session);
    if (error !== undefined) throw error;
  }

  // --- the end ---

  /** What is inside counts as done; what was taken is still to be marked. */
  protected override endNow(): void {
    if (this.#isEnded) return;
    const inside = Math.min(this.ring.size + this.#leases.returned, this.unfinished);
    this.#leases.markDropped(inside, STATE, SHUT_DOWN_NOW);
  }

  override shutDown(immediate: boolean): void {
    super.shutDown(immediate);
    this.announceDone();
  }
}
