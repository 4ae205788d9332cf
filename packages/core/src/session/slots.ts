/**
 * Who takes part in the session, and who still lives. One slot per thread.
 *
 * The kernel is the slot allocator: claiming slot s is taking the lock on byte s of the memory through a description of this thread's own. The lock falls when the
 * thread's environment or its process ends, however it ends, so "alive" is a question to the kernel and never a bookkeeping of ours.
 *
 * | step of a claim             | killed right after it                                                              |
 * | --------------------------- | ---------------------------------------------------------------------------------- |
 * | 1. lock the byte            | the byte is free again                                                             |
 * | 2. generation + 1           | as a tenant that holds what the former one held                                    |
 * | 3. pid, doorbell, blocked on | the same                                                                           |
 * | 4. reap the former tenant   | each holding is dropped in a transaction of its own; the next claimant goes on     |
 *
 * Between 1 and 2 a word of the former tenant looks alive for a moment; who waits for it looks again one slice later.
 */
import { ProcessLimitError } from './errors.js';
import type { Native } from '../native.js';
import { generationOf, LAST_GENERATION, ownerWord, slotOf } from '../parking/kernel.js';
import { SLOT_BELL, SLOT_BLOCKED_ON, SLOT_COUNT, SLOT_GENERATION, SLOT_NAME, SLOT_NAME_BYTES, SLOT_NAME_LENGTH, SLOT_PID, SLOT_TABLE, SLOT_WORDS } from './layout.js';

export class Slots {
  readonly #bytes: Uint8Array;

  /**
   * @param header - the window with the header and the slot table.
   * @param fd - a description of the memory that belongs to this thread alone.
   */
  constructor(
    readonly header: Int32Array,
    readonly fd: number,
    readonly addon: Native,
  ) {
    this.#bytes = new Uint8Array(header.buffer, 0, header.byteLength);
  }

  /** Claims a slot for this thread and returns its owner word. What a dead tenant held is still listed: reap it before anything is held. */
  claim(): number {
    for (let slot = 0; slot < SLOT_COUNT; slot++) {
      if (this.addon.claim(this.fd, slot) !== 1) continue;
      const generation = (this.word(slot, SLOT_GENERATION) % LAST_GENERATION) + 1;
      this.set(slot, SLOT_GENERATION, generation);
      this.set(slot, SLOT_BELL, 0);
      this.set(slot, SLOT_BLOCKED_ON, 0);
      this.set(slot, SLOT_NAME_LENGTH, 0);
      this.set(slot, SLOT_PID, process.pid);
      return ownerWord(slot, generation);
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

  /** What `LockError`s and inspections call this thread. Cut to what the slot has room for. */
  setName(slot: number, name: string): void {
    const room = this.#bytes.subarray(this.#nameOffset(slot), this.#nameOffset(slot) + SLOT_NAME_BYTES);
    // TextEncoder refuses shared memory in some runtimes; names are short, so a copy does not matter.
    const encoded = Buffer.from(name, 'utf8').subarray(0, SLOT_NAME_BYTES);
    this.set(slot, SLOT_NAME_LENGTH, 0);
    room.set(encoded);
    this.set(slot, SLOT_NAME_LENGTH, encoded.length);
  }

  /** The owner word of the thread that has the slot, or had it last. */
  ownerOf(slot: number): number {
    return ownerWord(slot, this.word(slot, SLOT_GENERATION));
  }

  /** Who wrote this owner word, dead or alive; null once the slot has another tenant. */
  tenant(owner: number): { pid: number; name: string } | null {
    const slot = slotOf(owner);
    if (this.word(slot, SLOT_GENERATION) !== generationOf(owner)) return null;
    return { pid: this.word(slot, SLOT_PID), name: this.#nameOf(slot) };
  }

  #nameOf(slot: number): string {
    const length = Math.min(this.word(slot, SLOT_NAME_LENGTH), SLOT_NAME_BYTES);
    const offset = this.#nameOffset(slot);
    return Buffer.from(this.#bytes.slice(offset, offset + length)).toString('utf8');
  }

  #nameOffset(slot: number): number {
    return (SLOT_TABLE + slot * SLOT_WORDS + SLOT_NAME) * 4;
  }
}
