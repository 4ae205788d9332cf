/**
 * What each thread blocks on, for others to read. A thread writes it when it goes to sleep, never before; nobody needs it in order to go on.
 *
 * | word of the slot   | meaning                                                                                   |
 * | ------------------ | ----------------------------------------------------------------------------------------- |
 * | BLOCKED_ON         | 0: it does not block. Else the object's number above which of its wait queues (2 bits) and three flags |
 * | BLOCKED_GENERATION | the object's generation                                                                   |
 * | BLOCKED_COUNT      | how many waits were ever written here, by all tenants of the slot                         |
 *
 * Writer: (1) BLOCKED_ON = 0; (2) COUNT + 1; (3) GENERATION; (4) BLOCKED_ON; at the end of the wait, BLOCKED_ON = 0.
 * Reader: COUNT, BLOCKED_ON, GENERATION, COUNT again. With the same COUNT twice and BLOCKED_ON not 0 it has one wait and not halves of two; and a reader that finds the same COUNT at a
 * later time, again with BLOCKED_ON not 0, knows that the thread has been in this one wait all the time between.
 *
 * | killed after  | what is left                                                                          |
 * | ------------- | ------------------------------------------------------------------------------------- |
 * | any step      | a wait of the dead: readers ask whether the thread lives, and the next tenant clears it |
 */
import type { Deadline } from '../parking/deadline.js';
import type { BlockRef } from '../transfer/shareable.js';
import { SLOT_BLOCKED_COUNT, SLOT_BLOCKED_GENERATION, SLOT_BLOCKED_ON } from './layout.js';

/** Of `Slots`: all of them, by slot and word. */
export interface SlotWords {
  word(slot: number, word: number): number;
  set(slot: number, word: number, value: number): void;
}

/** What others should know of a wait besides what it is for. */
export interface WaitFacts {
  /** The thread looks for deadlocks while it waits, and would give up (DeadlockError). */
  readonly looksForDeadlock?: boolean;
  /** The thread held the object itself when it began to wait. */
  readonly waitsForItself?: boolean;
  /** At which of the object's wait queues, as an index into `LockType.queues`; at most 3, default 0. */
  readonly at?: number;
}

export interface Wait extends Required<WaitFacts> {
  readonly id: number;
  readonly generation: number;
  /** Tells this wait from every other of the slot. */
  readonly count: number;
  /** It has a timeout, so it ends in any case. */
  readonly hasTimeout: boolean;
}

const HAS_TIMEOUT = 1;
const LOOKS_FOR_DEADLOCK = 2;
const WAITS_FOR_ITSELF = 4;
const AT = 3;
const AT_MASK = 3;
const FLAG_BITS = 5;

export class BlockedOn {
  constructor(
    readonly slots: SlotWords,
    readonly slot: number,
  ) {}

  /** Runs `wait`; a wait inside of a wait hides the outer one. */
  during<T>({ id, generation }: BlockRef, deadline: Deadline, wait: () => T, facts: WaitFacts = {}): T {
    const { slots, slot } = this;
    const outer = slots.word(slot, SLOT_BLOCKED_ON);
    const outerGeneration = slots.word(slot, SLOT_BLOCKED_GENERATION);
    const flags = (deadline === Infinity ? 0 : HAS_TIMEOUT) | (facts.looksForDeadlock === true ? LOOKS_FOR_DEADLOCK : 0) | (facts.waitsForItself === true ? WAITS_FOR_ITSELF : 0);
    this.#write((id << FLAG_BITS) | ((facts.at ?? 0) << AT) | flags, generation);
    try {
      return wait();
    } finally {
      if (outer === 0) slots.set(slot, SLOT_BLOCKED_ON, 0);
      else this.#write(outer, outerGeneration);
    }
  }

  #write(word: number, generation: number): void {
    const { slots, slot } = this;
    slots.set(slot, SLOT_BLOCKED_ON, 0);
    slots.set(slot, SLOT_BLOCKED_COUNT, slots.word(slot, SLOT_BLOCKED_COUNT) + 1);
    slots.set(slot, SLOT_BLOCKED_GENERATION, generation);
    slots.set(slot, SLOT_BLOCKED_ON, word);
  }
}

/** The wait that is written in a slot, whoever wrote it; undefined when there is none, or it changes this moment. */
export function waitOf(slots: SlotWords, slot: number): Wait | undefined {
  const count = slots.word(slot, SLOT_BLOCKED_COUNT);
  const word = slots.word(slot, SLOT_BLOCKED_ON);
  if (word === 0) return undefined;
  const generation = slots.word(slot, SLOT_BLOCKED_GENERATION);
  if (slots.word(slot, SLOT_BLOCKED_COUNT) !== count) return undefined;
  return {
    id: word >>> FLAG_BITS,
    generation,
    count,
    hasTimeout: (word & HAS_TIMEOUT) !== 0,
    looksForDeadlock: (word & LOOKS_FOR_DEADLOCK) !== 0,
    waitsForItself: (word & WAITS_FOR_ITSELF) !== 0,
    at: (word >>> AT) & AT_MASK,
  };
}
