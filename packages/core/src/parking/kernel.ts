import type { Words } from '../memory/words.js';
import type { Patience } from './spin.js';

/**
 * What an algorithm may ask of the operating system, and who it is. `ThreadKernel` (session/thread-kernel.ts) is the real one; the interleaving explorer
 * has a model of it.
 */
export interface Kernel extends Patience {
  /** The owner word of this thread: slot and generation, never 0. Somebody else's word is "alive" or not, see `isAlive`. */
  readonly self: number;
  readonly slot: number;
  /** Milliseconds on a clock that all threads of the session share; wraps, and is a whole number. */
  now(): number;
  /**
   * Sleeps while `words[index]` is `expected`, until a `wake` of that word, for at most `ms`. May return for no reason: callers loop on their condition.
   */
  wait(words: Words, index: number, expected: number, ms: number): void;
  wake(words: Words, index: number, count: number): void;
  /** Makes the event loop of that slot look at what it waits for. False when nobody lives there. */
  ring(slot: number): boolean;
  /** Whether the thread that wrote this owner word still lives and has not left the session. */
  isAlive(owner: number): boolean;
}

const SLOT_BITS = 10;
const SLOT_MASK = (1 << SLOT_BITS) - 1;
/** Generations go from 1 to this and start again: a word written 2**19 tenants ago is the only one that could be mistaken. */
export const LAST_GENERATION = (1 << 19) - 1;

/** Owner word: generation (19 bits) above slot (10 bits); positive, and never 0 because generations start at 1. */
export function ownerWord(slot: number, generation: number): number {
  return (generation << SLOT_BITS) | slot;
}

export const slotOf = (owner: number): number => owner & SLOT_MASK;
export const generationOf = (owner: number): number => owner >>> SLOT_BITS;
