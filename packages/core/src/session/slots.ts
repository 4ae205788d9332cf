/**
 * Who takes part in the session, and who still lives. One slot per thread.
 *
 * The kernel is the slot allocator: claiming slot s is taking the lock on byte s of the memory through a description of this thread's own. The lock falls when the
 * thread's environment or its process ends, however it ends, so "alive" is a question to the kernel and never a bookkeeping of ours.
 *
 * | step of a claim             | killed right after it                                                              |
 * | --------------------------- | ---------------------------------------------------------------------------------- |
 * | 1. lock the byte            | the byte is free again                                                             |
 * | 2. pid and name (tenants.ts) | the byte is free again, and the next claimant overwrites them                      |
 * | 3. generation + 1           | as a tenant that holds what the former one held                                    |
 * | 4. doorbell, blocked on     | the same                                                                           |
 * | 5. reap the former tenant   | each holding is dropped in a transaction of its own; the next claimant goes on     |
 *
 * Between 1 and 3 a word of the former tenant looks alive for a moment; who waits for it looks again one slice later.
 */
import { ProcessLimitError } from './errors.js';
import type { Native } from '../native.js';
import { generationOf, LAST_GENERATION, ownerWord, slotOf } from '../parking/kernel.js';
import { AtomicWords } from '../memory/words.js';
import { SLOT_BELL, SLOT_BLOCKED_ON, SLOT_COUNT, SLOT_GENERATION, SLOT_TABLE, SLOT_WORDS, TENANTS } from './layout.js';
import { Tenants, type Tenant } from './tenants.js';

export class Slots {
  readonly #tenants: Tenants;

  /**
   * @param header - the window with the header, the slot table and the tenants.
   * @param fd - a description of the memory that belongs to this thread alone.
   */
  constructor(
    readonly header: Int32Array,
    readonly fd: number,
    readonly addon: Native,
  ) {
    this.#tenants = new Tenants(new AtomicWords(header, TENANTS));
  }

  /** Claims a slot for this thread, which is called `name`, and returns its owner word. What a dead tenant held is still listed: reap it before anything is held. */
  claim(name: string): number {
    for (let slot = 0; slot < SLOT_COUNT; slot++) {
      if (this.addon.claim(this.fd, slot) !== 1) continue;
      const generation = (this.word(slot, SLOT_GENERATION) % LAST_GENERATION) + 1;
      const owner = ownerWord(slot, generation);
      this.#tenants.enter(owner, { pid: process.pid, name });
      this.set(slot, SLOT_GENERATION, generation);
      this.set(slot, SLOT_BELL, 0);
      this.set(slot, SLOT_BLOCKED_ON, 0);
      return owner;
    }
    throw new ProcessLimitError(`manycore: this process tree has ${SLOT_COUNT} processes and threads that use manycore, which is the limit. End some first.`);
  }

  isAlive(owner: number, self: number): boolean {
    const slot = slotOf(owner);
    if (this.word(slot, SLOT_GENERATION) !== generationOf(owner)) return false;
    // Our own lock never conflicts with a question through our own description.
    return slot === slotOf(self) || this.addon.isClaimed(this.fd, slot) === 1;
  }

  /** Whether somebody claims the slot now; for the own slot always true. */
  isClaimed(slot: number, self: number): boolean {
    return slot === slotOf(self) || this.addon.isClaimed(this.fd, slot) === 1;
  }

  word(slot: number, word: number): number {
    return Atomics.load(this.header, SLOT_TABLE + slot * SLOT_WORDS + word);
  }

  set(slot: number, word: number, value: number): void {
    Atomics.store(this.header, SLOT_TABLE + slot * SLOT_WORDS + word, value);
  }

  /** What `LockError`s and inspections call the thread that has the slot: this one. */
  setName(slot: number, name: string): void {
    this.#tenants.enter(this.ownerOf(slot), { pid: process.pid, name });
  }

  /** The owner word of the thread that has the slot, or had it last. */
  ownerOf(slot: number): number {
    return ownerWord(slot, this.word(slot, SLOT_GENERATION));
  }

  /** Who wrote this owner word, dead or alive; null once seven others have had the slot since. */
  tenant(owner: number): Tenant | null {
    return this.#tenants.of(owner);
  }
}
