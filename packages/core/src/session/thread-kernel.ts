import type { AtomicWords } from '../memory/words.js';
import type { Native } from '../native.js';
import { slotOf, type Kernel } from '../parking/kernel.js';
import { firstSpin, MOST_LOADS } from '../parking/spin.js';
import type { Bells } from './bells.js';
import type { Slots } from './slots.js';

/** The operating system as one thread of the session sees it. */
export class ThreadKernel implements Kernel {
  readonly slot: number;
  spin = firstSpin();
  readonly most = MOST_LOADS;

  constructor(
    readonly self: number,
    readonly addon: Native,
    readonly slots: Slots,
    readonly bells: Bells,
  ) {
    this.slot = slotOf(self);
  }

  now(): number {
    const [seconds, nanoseconds] = process.hrtime();
    return (seconds * 1000 + Math.floor(nanoseconds / 1e6)) | 0;
  }

  wait(words: AtomicWords, index: number, expected: number, ms: number): void {
    this.addon.wait(words.array, words.base + index, expected, ms);
  }

  wake(words: AtomicWords, index: number, count: number): void {
    this.addon.wake(words.array, words.base + index, count);
  }

  ring(slot: number): boolean {
    return this.bells.ring(slot);
  }

  isAlive(owner: number): boolean {
    return this.slots.isAlive(owner, this.self);
  }
}
