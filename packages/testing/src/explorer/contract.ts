/**
 * What an algorithm sees of the outside. Production code has interfaces of the same shape over mapped memory and the operating system;
 * these are structural twins, so that an algorithm runs here without this package importing it.
 */

/** Shared 32-bit words; every operation is sequentially consistent, values wrap to int32. */
export interface Words {
  load(index: number): number;
  store(index: number, value: number): void;
  /** A plain load, which production code orders by a lock; in the model a load like any other. */
  get(index: number): number;
  /** A plain store, which production code orders by a lock; in the model a store like any other. */
  set(index: number, value: number): void;
  /** Returns the old value, as do all operations below. */
  exchange(index: number, value: number): number;
  compareExchange(index: number, expected: number, value: number): number;
  add(index: number, value: number): number;
  or(index: number, mask: number): number;
  and(index: number, mask: number): number;
}

/** The operating system's part: sleeping, waking, and who is alive. */
export interface Kernel {
  /** Owner word of this actor. */
  readonly self: number;
  /** Slot of this actor. */
  readonly slot: number;
  /** Sleeps until woken or until `ms` have passed; returns at once when the word is not `expected`. May return for no reason. */
  wait(words: Words, index: number, expected: number, ms: number): void;
  /** Wakes up to `count` sleepers on the word; which ones is not promised. */
  wake(words: Words, index: number, count: number): void;
  /** Wakes the event loop of that slot; false when its process is dead. */
  ring(slot: number): boolean;
  isAlive(owner: number): boolean;
  /** A hint that the caller spins; changes nothing. */
  pause(n: number): void;
  /** Milliseconds; in the model only the end of a slice makes time pass. */
  now(): number;
}

/** Payload: int32 cells without atomicity of their own; each access is one step. */
export interface Plain {
  get(index: number): number;
  set(index: number, value: number): void;
}

/** The world one actor runs in. */
export interface World {
  readonly words: Words;
  readonly kernel: Kernel;
  readonly plain: Plain;
  /** The same memory with word 0 at `base`, for structures that are given their own words. */
  view(base: number): Words;
  /** An event loop that waits for its doorbell. A ring that came before the call is remembered; several count as one. */
  awaitRing(): void;
  /** Records an observation together with the operation before it; not a step of its own. */
  note(event: string): void;
  /**
   * Takes back this actor's latest note of that event, in the same way. States whose notes differ are explored apart, so a note that is
   * needed for a while only (`inside`) should go when it has served.
   */
  retract(event: string): void;
}

/**
 * An actor: synchronous code that does everything through `world` and keeps no state outside the call, because it is run again from its
 * beginning for every prefix of results. It must let every exception pass that it does not know.
 */
export type Actor = (world: World) => void;

export interface Note {
  readonly actor: string;
  readonly event: string;
}

/** The shared memory as a property sees it; both arrays are valid during the call only. */
export interface Memory {
  readonly words: Int32Array;
  readonly plain: Int32Array;
}

export interface Situation {
  /** Names of the actors killed so far. */
  readonly killed: readonly string[];
}

/** A property: a returned text, or a thrown error, is a violation. */
export type Property = (memory: Memory, notes: readonly Note[], situation: Situation) => string | void;
