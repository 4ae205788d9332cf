import type { Kernel as ModelKernel } from '@manycore/testing';
import type { Kernel } from '../../src/parking/kernel.js';

/**
 * The explorer's kernel as our algorithms want it. In a model looking again is only another schedule, so nobody spins, except where what is done around it is explored.
 */
export function kernelOf(kernel: ModelKernel, spin = 0): Kernel {
  return {
    self: kernel.self,
    slot: kernel.slot,
    // Learning would go by the real clock.
    get spin() {
      return spin;
    },
    set spin(_learned) {},
    most: spin,
    now: () => kernel.now(),
    wait: (words, index, expected, ms) => kernel.wait(words, index, expected, ms),
    wake: (words, index, count) => kernel.wake(words, index, count),
    ring: (slot) => kernel.ring(slot),
    isAlive: (owner) => kernel.isAlive(owner),
  };
}
