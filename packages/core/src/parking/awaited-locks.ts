/** Locks that are in the way of promises (`BUSY`): their wait queues where this thread's bit is set for the sake of a place where something waits. */
import type { Words } from '../memory/words.js';
import type { Kernel } from './kernel.js';
import { delist, enlist, wakeOne } from './wait-queue.js';

interface LockAt {
  readonly words: Words;
  readonly queue: number;
}

export class AwaitedLocks {
  #locks: LockAt[] = [];

  constructor(readonly kernel: Kernel) {}

  get isEmpty(): boolean {
    return this.#locks.length === 0;
  }

  enlist(words: Words, queue: number): void {
    enlist(words, queue, this.kernel.slot);
    if (!this.#locks.some((at) => at.words === words && at.queue === queue)) this.#locks.push({ words, queue });
  }

  /** Takes the bits back, those of one structure or all, and passes on the wake-ups that came for them and were not used. */
  leave(words?: Words): void {
    const { kernel } = this;
    const left = this.#locks.filter((at) => words === undefined || at.words === words);
    this.#locks = words === undefined ? [] : this.#locks.filter((at) => at.words !== words);
    for (const at of left) if (!delist(at.words, at.queue, kernel.slot)) wakeOne(at.words, at.queue, kernel);
  }
}
