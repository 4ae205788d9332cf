/**
 * Memory that measured processes, `s` sides (two, but for the rows that say otherwise), share with the program that started them.
 * `python/scoreboard.py` has the same layout:
 *
 * | 64-bit word | meaning |
 * |---|---|
 * | 0 to s - 1 | the phase each side has come to |
 * | s, s + 1 | the moment at which phase 1 (warm-up) and phase 2 (timed) start |
 * | s + 2 to 2s + 1 | the moment at which each side ended phase 2 |
 * | 2s + 2 to 3s + 1 | what each side has done: acquisitions, or items checked |
 *
 * and three 32-bit words, far from the others and from one another: at byte 512 a counter for the lock rows and those that take turns, at
 * bytes 640 and 768 how often each of two sides has come to the barrier.
 *
 * All sides start a phase at one agreed moment and the time is up to the latest end, so neither the start of a process nor the way a
 * waiting side is woken before the start is in the clock.
 */
import { now } from './protocol.js';

export type Side = 0 | 1;
export type Phase = 1 | 2;
export const WARM_UP: Phase = 1;
export const TIMED: Phase = 2;

export const SCOREBOARD_BYTES = 1024;
const COUNTER_BYTES = 512;
const ARRIVALS_BYTES = [640, 768] as const;
/** Long enough for the other sides to see the agreed moment before it comes, also when all share a CPU. */
const AHEAD_NS = 5_000_000n;
const POLL_MS = 0.2;

export class Scoreboard {
  /** Raised by plain, not atomic, additions: exact only if what is measured keeps the other side out. */
  readonly counter: Int32Array;
  /** How often each side has come; each writes its own. */
  readonly arrivals: readonly [Int32Array, Int32Array];
  readonly #words: BigInt64Array;
  readonly #sides: number;
  readonly #start: number;
  readonly #end: number;
  readonly #done: number;
  readonly #bell = new Int32Array(new SharedArrayBuffer(4));

  constructor(bytes: Uint8Array, sides = 2) {
    this.#sides = sides;
    this.#start = sides - 1;
    this.#end = sides + 2;
    this.#done = 2 * sides + 2;
    this.#words = new BigInt64Array(bytes.buffer, bytes.byteOffset, COUNTER_BYTES / 8);
    const wordAt = (offset: number): Int32Array => new Int32Array(bytes.buffer, bytes.byteOffset + offset, 1);
    this.counter = wordAt(COUNTER_BYTES);
    this.arrivals = [wordAt(ARRIVALS_BYTES[0]), wordAt(ARRIVALS_BYTES[1])];
  }

  /** Blocks the thread until all sides have come to this phase, then until the moment they agreed on. */
  meet(side: number, phase: Phase): void {
    Atomics.store(this.#words, side, BigInt(phase));
    if (side === 0) {
      for (let other = 1; other < this.#sides; other++) while (Atomics.load(this.#words, other) < BigInt(phase)) this.#rest();
      Atomics.store(this.#words, this.#start + phase, now() + AHEAD_NS);
    }
    while (Atomics.load(this.#words, this.#start + phase) === 0n) this.#rest();
    const start = Atomics.load(this.#words, this.#start + phase);
    while (now() < start);
  }

  /** Ends the timed phase of one side. */
  finish(side: number, done: number): void {
    Atomics.store(this.#words, this.#end + side, now());
    Atomics.store(this.#words, this.#done + side, BigInt(done));
  }

  /** From the agreed start to the latest end. */
  elapsedNs(): bigint {
    let latest = 0n;
    for (let side = 0; side < this.#sides; side++) {
      const end = Atomics.load(this.#words, this.#end + side);
      if (end > latest) latest = end;
    }
    return latest - Atomics.load(this.#words, this.#start + TIMED);
  }

  /** What a side reported when it finished. */
  done(side: number): number {
    return Number(Atomics.load(this.#words, this.#done + side));
  }

  /** Nobody rings this bell: it is a sleep that leaves the CPU to the other sides. */
  #rest(): void {
    Atomics.wait(this.#bell, 0, 0, POLL_MS);
  }
}
