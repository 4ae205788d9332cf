/**
 * Who has taken what and not marked it as done. Pure algorithm: words; no waiting. All of it under the consumer lock; every step is one change of the redo log (redo-log.ts), so that it
 * is made as a whole or not at all.
 *
 * For each slot of the session there is a list of leases, in the order of taking. Without redelivery only their number is kept. With it a lease is a block with a copy of the item (a
 * bundle without members, lease-blocks.ts), and what a dead thread had is moved to the list RETURNED, one by one, from where the next getter takes it, before anything in the ring. That list is
 * in the order in which the items were first taken.
 *
 * | word             | meaning                                                                                                          |
 * | ---------------- | ---------------------------------------------------------------------------------------------------------------- |
 * | DONE             | items marked as done, modulo 2**32; unfinished are PUTS of the ring less DONE. Never more than PUTS               |
 * | LOST             | without redelivery: leases of the dead whose slot has a new tenant                                               |
 * | RETURNED, +1     | number of leases that wait to be taken again, and the last of them: a list                                       |
 * | PENDING          | journal: the lease that was made for the item about to be taken                                                  |
 * | DROPPING, DROPPING_REFS | journal: a lease that is over, and the bundle of what its item mentions: both to be given back             |
 * | table: OWNER, COUNT, LAST | for each slot: who, how many, the last of its list                                                      |
 *
 * Lease: word 0 belongs to the bundle; NEXT; LENGTH of the item in bytes; REFS, the bundle of what it mentions; SEQUENCE, GETS when it was taken; then the item.
 *
 * | killed after                                     | what is left                          | mended by                                                  |
 * | ------------------------------------------------ | ------------------------------------- | ---------------------------------------------------------- |
 * | get: lease made, item copied, change armed       | PENDING, and GETS as before           | change forgotten; the lease is given back; the item is still in the ring |
 * | get: entry taken (the ring's commit)             | the armed change                      | made: the dead has the lease, as if it had died a moment later |
 * | taskDone, or a return, before arming             | nothing                               |                                                            |
 * | taskDone: armed                                  | the armed change                      | made: the item counts as done                              |
 * | taskDone: changed                                | DROPPING and DROPPING_REFS            | given back                                                 |
 * | anything, with a lease                           | a lease of the dead                   | redelivered; without redelivery, `join` tells of it        |
 */
import type { Words } from '@manycore/core/internal';
import { BEHIND_RING } from '../locked-ring.js';
import { PUTS } from '../ring-layout.js';
import { LAST, LeaseLists, SEQUENCE } from './lease-lists.js';
import { REDO_LOG_WORDS, type RedoLog } from './redo-log.js';

export const DONE = BEHIND_RING;
export const REDELIVERS = BEHIND_RING + 1;
export const LOST = BEHIND_RING + 2;
export const RETURNED = BEHIND_RING + 3;
export const PENDING = BEHIND_RING + 5;
export const DROPPING = BEHIND_RING + 6;
export const DROPPING_REFS = BEHIND_RING + 7;
/** Where the heap writes which bundle it looks into; nobody needs it. */
export const LOOKING_INTO = BEHIND_RING + 8;
/** A wait queue. */
export const ALL_DONE = BEHIND_RING + 16;
export const REDO_LOG = BEHIND_RING + 64;
const TABLE = REDO_LOG + REDO_LOG_WORDS;

// Of an entry of the table; the last two make a list.
const OWNER = 0;
const COUNT = 1;
const ENTRY_WORDS = 3;
// Of a lease; its NEXT and SEQUENCE are in lease-lists.ts.
export const LENGTH = 2;
export const REFS = 3;
export const LEASE_HEADER_WORDS = 6;

/** How many words a queue's block needs. */
export const wordsFor = (slots: number): number => TABLE + slots * ENTRY_WORDS;

/** What is asked of the session. */
export interface Tenants {
  readonly self: number;
  readonly slot: number;
  isAlive(owner: number): boolean;
}

/** Whose lease a `taskDone` of this thread ends when it has none of its own: the lowest; undefined for nobody's. */
export type Rank = (owner: number) => number | undefined;

export class Leases {
  readonly #lists: LeaseLists;

  /** @param slots - how many there are in the session. */
  constructor(
    readonly words: Words,
    readonly log: RedoLog,
    readonly tenants: Tenants,
    readonly slots: number,
  ) {
    this.#lists = new LeaseLists(words, log);
  }

  /**
   * How many items were put and not marked as done. More than 0 means that there was one a moment ago; 0 or less may be too little, while a producer that has put an item has yet to count it:
   * under the producer lock that cannot be.
   */
  get unfinished(): number {
    const done = this.words.load(DONE);
    return (this.words.load(PUTS) - done) | 0;
  }

  get returned(): number {
    return this.words.load(RETURNED);
  }

  /** Arms this thread's lease of the item that is about to be taken, which makes GETS `gets`. `lease` is 0 where only the number is kept. Then the attempt, and `log.settle`. */
  armTaking(lease: number, gets: number): void {
    const entry = this.#own;
    this.log.begin();
    if (this.#forgetTenant(entry)) this.log.note(entry + COUNT, 1);
    else this.log.note(entry + COUNT, this.words.get(entry + COUNT) + 1);
    if (lease !== 0) {
      this.log.wordsOf(lease).set(SEQUENCE, gets);
      this.#lists.noteAppended(entry + COUNT, lease);
      this.log.note(PENDING, 0);
    }
    this.log.arm(gets);
  }

  /** The oldest lease that was returned; 0 when there is none. It stays. */
  get firstReturned(): number {
    return this.#lists.first(RETURNED);
  }

  /** Makes the oldest lease that was returned one of this thread. */
  takeReturned(): void {
    const { words, log } = this;
    const lease = this.firstReturned;
    const entry = this.#own;
    log.begin();
    log.note(RETURNED, words.get(RETURNED) - 1);
    this.#lists.noteRemoved(RETURNED, lease);
    this.#forgetTenant(entry);
    log.note(entry + COUNT, words.get(entry + COUNT) + 1);
    this.#lists.noteAppended(entry + COUNT, lease);
    this.#make();
  }

  /** Moves the leases of the dead to RETURNED; how many. */
  returnDead(): number {
    let count = 0;
    for (let slot = 0; slot < this.slots; slot++) if (this.#isOfTheDead(entryOf(slot))) count += this.#return(entryOf(slot));
    return count;
  }

  /** As `returnDead`, for what a former tenant of this thread's slot had: done before anything is taken. */
  returnFormer(): number {
    const entry = this.#own;
    return this.words.get(entry + COUNT) > 0 && this.words.get(entry + OWNER) !== this.tenants.self ? this.#return(entry) : 0;
  }

  /** Ends the leases of the dead without giving anything back to the queue: the items count as done. `settle` is called after each. */
  endDead(settle: () => void): void {
    for (let slot = 0; slot < this.slots; slot++) {
      while (this.#isOfTheDead(entryOf(slot))) {
        this.#end(entryOf(slot));
        settle();
      }
    }
  }

  /** The first of this thread's leases that matches; 0 when there is none. */
  findOwn(matches: (lease: number) => boolean): number {
    const entry = this.#own;
    if (!this.#isOwn(entry)) return 0;
    let lease = this.words.get(entry + COUNT + LAST);
    for (let left = this.words.get(entry + COUNT); left > 0; left--) {
      lease = this.#lists.next(lease);
      if (matches(lease)) return lease;
    }
    return 0;
  }

  /**
   * Marks one item as done: that of a lease of this thread which is given; else the oldest that this thread has, else the oldest of the lowest-ranking thread, else one that nobody has.
   * DROPPING is to be settled after it. Only when `unfinished` is more than 0.
   */
  markDone(rank: Rank, lease = 0): void {
    const entry = this.#creditor(rank);
    if (entry !== undefined) {
      this.#end(entry, lease);
      return;
    }
    const { words, log } = this;
    log.begin();
    if (words.get(LOST) > 0) log.note(LOST, words.get(LOST) - 1);
    log.note(DONE, (words.get(DONE) + 1) | 0);
    this.#make();
  }

  /** Counts so many items as done, and sets a word in the same step. */
  markDropped(count: number, word: number, value: number): void {
    this.log.begin();
    this.log.note(DONE, (this.words.get(DONE) + count) | 0);
    this.log.note(word, value);
    this.#make();
  }

  /** Whether any thread that died has a lease. A snapshot; without the lock too. */
  hasDead(): boolean {
    for (let slot = 0; slot < this.slots; slot++) if (this.#isOfTheDead(entryOf(slot))) return true;
    return false;
  }

  /** Owners and how many leases they have. */
  all(): { owner: number; count: number }[] {
    const all: { owner: number; count: number }[] = [];
    for (let slot = 0; slot < this.slots; slot++) {
      const count = this.words.get(entryOf(slot) + COUNT);
      if (count > 0) all.push({ owner: this.words.get(entryOf(slot) + OWNER), count });
    }
    return all;
  }

  get #own(): number {
    return entryOf(this.tenants.slot);
  }

  #isOwn(entry: number): boolean {
    return this.words.get(entry + COUNT) > 0 && this.words.get(entry + OWNER) === this.tenants.self;
  }

  #isOfTheDead(entry: number): boolean {
    return this.words.get(entry + COUNT) > 0 && !this.tenants.isAlive(this.words.get(entry + OWNER));
  }

  /** Makes an entry this thread's; true when a former tenant's leases, which only count, went to LOST. */
  #forgetTenant(entry: number): boolean {
    const { words, log, tenants } = this;
    if (words.get(entry + OWNER) === tenants.self) return false;
    const left = words.get(entry + COUNT);
    if (left > 0) log.note(LOST, words.get(LOST) + left);
    log.note(entry + OWNER, tenants.self);
    return left > 0;
  }

  #return(entry: number): number {
    let count = 0;
    for (let place = 0; this.words.get(entry + COUNT) > 0; count++) place = this.#returnFirst(entry, place);
    return count;
  }

  /** Moves the first lease of an entry to RETURNED; it. `near` is one that it may come behind. */
  #returnFirst(entry: number, near: number): number {
    const { words, log } = this;
    const lease = this.#lists.first(entry + COUNT);
    log.begin();
    log.note(entry + COUNT, words.get(entry + COUNT) - 1);
    this.#lists.noteRemoved(entry + COUNT, lease);
    log.note(RETURNED, words.get(RETURNED) + 1);
    this.#lists.noteInserted(RETURNED, lease, near);
    this.#make();
    return lease;
  }

  /** Ends a lease of an entry, the first if none is given: its item is done. */
  #end(entry: number, given = 0): void {
    const { words, log } = this;
    const lease = given === 0 ? this.#lists.first(entry + COUNT) : given;
    log.begin();
    log.note(entry + COUNT, words.get(entry + COUNT) - 1);
    if (this.unfinished > 0) log.note(DONE, (words.get(DONE) + 1) | 0);
    if (lease !== 0) {
      log.note(DROPPING, lease);
      log.note(DROPPING_REFS, log.wordsOf(lease).get(REFS));
      this.#lists.noteRemoved(entry + COUNT, lease);
    }
    this.#make();
  }

  #creditor(rank: Rank): number | undefined {
    const { words } = this;
    const own = this.#own;
    if (this.#isOwn(own)) return own;
    let lowest = Infinity;
    let found: number | undefined;
    for (let slot = 0; slot < this.slots; slot++) {
      const entry = entryOf(slot);
      const ranked = words.get(entry + COUNT) > 0 ? (rank(words.get(entry + OWNER)) ?? Infinity) : Infinity;
      if (ranked >= lowest) continue;
      lowest = ranked;
      found = entry;
    }
    return found;
  }

  #make(): void {
    this.log.arm();
    this.log.apply();
  }
}

const entryOf = (slot: number): number => TABLE + slot * ENTRY_WORDS;
