/**
 * The permits of a semaphore: one number in shared memory, and those who wait for it to be above 0.
 *
 * | word from `at` | meaning                              |
 * | -------------- | ------------------------------------ |
 * | VALUE          | how many permits are left            |
 * | KEPT..         | for whom one is kept (reservation.ts) |
 * | QUEUE..        | a wait queue (wait-queue.ts of core) |
 *
 * Taking: compareExchange(VALUE, v -> v - 1) while v > 0. Giving: compareExchange(VALUE, v -> v + n), then one wake-up.
 *
 * No wake-up is lost although `give(n)` wakes one only: as long as there are permits and sleepers, somebody who was woken has yet to try (or will at once, as it has just come). It takes a
 * permit, and if it sees more left it wakes one more (the chain rule). Who comes and does not wait may take without that: the one that was woken still tries. While
 * one is kept for somebody, all are woken.
 *
 * | killed after            | what is left                                                                  |
 * | ----------------------- | ----------------------------------------------------------------------------- |
 * | taking                  | the permit is gone, as in CPython; robust-permits.ts gives it back            |
 * | giving, before the wake | the sleepers' slice finds the permits                                         |
 * | woken, before it tried  | the same                                                                      |
 * | took, before its wake   | the same                                                                      |
 */
import { WAIT_QUEUE_WORDS, wakeAll, wakeOne, type Kernel, type Words } from '@manycore/core/internal';
import { Reservation, RESERVATION_WORDS, type Turn } from './shared/reservation.js';

const VALUE = 0;
/** Index of the reservation and of the wait queue, relative to the permits. */
export const PERMITS_KEPT = VALUE + 1;
export const PERMITS_QUEUE = PERMITS_KEPT + RESERVATION_WORDS;
export const PERMIT_WORDS = PERMITS_QUEUE + WAIT_QUEUE_WORDS;

/** The most permits there can be: SEM_VALUE_MAX of CPython's systems. */
export const MOST_PERMITS = 2 ** 31 - 1;

export interface Permits {
  /** How many are left now. */
  value(): number;
  /** A cheap look whether there may be one. */
  isWorthATry(): boolean;
  /** Takes one if there is one. Never waits. */
  tryTake(): boolean;
  /** The attempt of a waiter, which ends with `leave`. */
  take(lookForDead: boolean, turn?: Turn): true | undefined;
  /** The wait is over. */
  leave(turn: Turn): void;
  /** Gives `n` back, or none: false when there would be more than the most. */
  give(n: number): boolean;
  /** For a new semaphore, before anybody else has it. */
  begin(value: number): void;
}

export class PlainPermits implements Permits {
  readonly #kept: Reservation;

  constructor(
    readonly words: Words,
    readonly kernel: Kernel,
    readonly at: number,
    readonly most: number,
  ) {
    this.#kept = new Reservation(words, at + PERMITS_KEPT, kernel);
  }

  begin(value: number): void {
    this.words.store(this.at + VALUE, value);
  }

  value(): number {
    return this.words.load(this.at + VALUE);
  }

  isWorthATry(): boolean {
    return this.words.load(this.at + VALUE) > 0;
  }

  tryTake(): boolean {
    return this.#takeOne() > 0 || (this.isWorthATry() && this.#kept.forfeits(undefined) && this.#takeOne() > 0);
  }

  take(lookForDead: boolean, turn?: Turn): true | undefined {
    let before = this.#takeOne();
    if (before === 0 && turn !== undefined && this.#kept.ask(turn)) before = this.#takeOne();
    if (before === 0 && lookForDead && this.isWorthATry() && this.#kept.forfeits(turn)) before = this.#takeOne();
    if (before > 1) wakeOne(this.words, this.at + PERMITS_QUEUE, this.kernel);
    return before > 0 ? true : undefined;
  }

  leave(turn: Turn): void {
    if (this.#kept.leave(turn) && this.isWorthATry()) this.#wake();
  }

  give(n: number): boolean {
    const { words, at } = this;
    // What is seen first is only a guess, which the exchange checks.
    for (let seen = words.get(at + VALUE), now; ; seen = now) {
      if (seen + n > this.most && (seen = words.load(at + VALUE)) + n > this.most) return false;
      now = words.compareExchange(at + VALUE, seen, seen + n);
      if (now === seen) break;
    }
    this.#wake();
    return true;
  }

  #wake(): void {
    if (this.#kept.isAny) wakeAll(this.words, this.at + PERMITS_QUEUE, this.kernel);
    else wakeOne(this.words, this.at + PERMITS_QUEUE, this.kernel);
  }

  /** How many there were before; 0: none was taken. */
  #takeOne(): number {
    const { words, at } = this;
    const { least } = this.#kept;
    // What is seen first is only a guess, which the exchange checks; that there is none has to be true.
    for (let seen = words.get(at + VALUE), now; ; seen = now) {
      if (seen < least && (seen = words.load(at + VALUE)) < least) return 0;
      now = words.compareExchange(at + VALUE, seen, seen - 1);
      if (now !== seen) continue;
      this.#kept.taken();
      return seen;
    }
  }
}
