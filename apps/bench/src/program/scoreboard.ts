/**
 * Memory that two measured processes share with the program that started them. `python/scoreboard.py` has the same layout:
 *
 * | 64-bit word | meaning |
 * |---|---|
 * | 0, 1 | the phase each side has come to |
 * | 2, 3 | the moment at which phase 1 (warm-up) and phase 2 (timed) start |
 * | 4, 5 | the moment at which each side ended phase 2 |
 * | 6, 7 | what each side has done: acquisitions, or items checked |
 *
 * and three 32-bit words, far from the others and from one another: at byte 512 a counter for the lock rows and those that take turns, at
 * bytes 640 and 768 how often each side has come to the barrier.
 *
 * Both sides start a phase at one agreed moment and the time is up to the later end, so neither the start of a process nor the way the
 * waiting side is woken before the start is in the clock.
 */
import { now } from './protocol.js';

export type Side = 0 | 1;
export type Phase = 1 | 2;
export const WARM_UP: Phase = 1;
export const TIMED: Phase = 2;

export const SCOREBOARD_BYTES = 1024;
const START = 1;
const END = 4;
const DONE = 6;
const COUNTER_BYTES = 512;
const ARRIVALS_BYTES = [640, 768] as const;
/** Long enough for the other side to see the agreed moment before it comes, also when both share a CPU. */
const AHEAD_NS = 5_000_000n;
const POLL_MS = 0.2;

export class Scoreboard {
  /** Raised by plain, not atomic, additions: exact only if what is measured keeps the other side out. */
  readonly counter: Int32Array;
  /** How often each side has come; each writes its own. */
  readonly arrivals: readonly [Int32Array, Int32Array];
  readonly #words: BigInt64Array;
  readonly #bell = new Int32Array(new SharedArrayBuffer(4));

  constructor(bytes: Uint8Array) {
    this.#words = new BigInt64Array(bytes.buffer, bytes.byteOffset, COUNTER_BYTES / 8);
    const wordAt = (offset: number): Int32Array => new Int32Array(bytes.buffer, bytes.byteOffset + offset, 1);
    this.counter = wordAt(COUNTER_BYTES);
    this.arrivals = [wordAt(ARRIVALS_BYTES[0]), wordAt(ARRIVALS_BYTES[1])];
  }

  /** Blocks the thread until both sides have come to this phase, then until the moment both agreed on. */
  meet(side: Side, phase: Phase): void {
    Atomics.store(this.#words, side, BigInt(phase));
    if (side === 0) {
      while (Atomics.load(this.#words, 1) < BigInt(phase)) this.#rest();
      Atomics.store(this.#words, START + phase, now() + AHEAD_NS);
    }
    while (Atomics.load(this.#words, START + phase) === 0n) this.#rest();
    const start = Atomics.load(this.#words, START + phase);
    while (now() < start);
  }

  /** Ends the timed phase of one side. */
  finish(side: Side, done: number): void {
    Atomics.store(this.#words, END + side, now());
    Atomics.store(this.#words, DONE + side, BigInt(done));
  }

  /** From the agreed start to the later end. */
  elapsedNs(): bigint {
    const [first, second] = [Atomics.load(this.#words, END), Atomics.load(this.#words, END + 1)];
    return (first > second ? first : second) - Atomics.load(this.#words, START + TIMED);
  }

  /** What a side reported when it finished. */
  done(side: Side): number {
    return Number(Atomics.load(this.#words, DONE + side));
  }

  /** Nobody rings this bell: it is a sleep that leaves the CPU to the other side. */
  #rest(): void {
    Atomics.wait(this.#bell, 0, 0, POLL_MS);
  }
}
