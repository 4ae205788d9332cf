import type { Kernel } from '@manycore/core/internal';
import type { Kernel as ModelKernel } from '@manycore/testing';

/** The explorer's kernel as our algorithms want it: nobody spins in a model, where looking again is only another schedule. */
export function kernelOf(kernel: ModelKernel): Kernel {
  return {
    self: kernel.self,
    slot: kernel.slot,
    // Learning would go by the real clock.
    get spin() {
      return 0;
    },
    set spin(_learned) {},
    most: 0,
    now: () => kernel.now(),
    wait: (words, index, expected, ms) => kernel.wait(words, index, expected, ms),
    wake: (words, index, count) => kernel.wake(words, index, count),
    ring: (slot) => kernel.ring(slot),
    isAlive: (owner) => kernel.isAlive(owner),
  };
}

/** Owner word of a model actor: generation 1 of the slot with its number. */
export const ownerOf = (slot: number): number => (1 << 10) | slot;
