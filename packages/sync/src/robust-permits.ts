/**
 * Permits that come back when the thread that holds them is gone: as permits.ts, with a roster of who holds how many.
 *
 * | word from STATE | meaning                                          |
 * | --------------- | ------------------------------------------------ |
 * | VALUE           | how many permits are left                        |
 * | QUEUE..         | a wait queue                                     |
 * | ROSTER..        | for each thread, how many it holds (roster.ts)   |
 *
 * Every change is one step of a `SharedState`: a kill finds it whole or not at all, and the sum of VALUE and what all threads hold changes only by a `give` of permits that nobody holds.
 * It is at most `most`. Wake-ups follow the step, with the chain rule of permits.ts; killed in between, the sleepers' slice finds the permits.
 *
 * Any thread may give a permit back, as in CPython. What a thread gives beyond what it holds is taken off others that hold some, threads of low slots first: whose permit it was is not known.
 * The dead are looked for before, since theirs come back without that.
 */
import { wakeOne, type Words } from '@manycore/core/internal';
import { PERMIT_WORDS, PERMITS_QUEUE, type Permits } from './permits.js';
import { Roster } from './shared/roster.js';
import { STATE, type SharedState } from './shared/state.js';

const VALUE = STATE;
export const ROBUST_QUEUE = STATE + PERMITS_QUEUE;
export const ROBUST_ROSTER = STATE + PERMIT_WORDS;
const HELD = 0;
export const ROBUST_WORDS = ROBUST_ROSTER + Roster.words(1);

/** A step has to fit the log of the state: so many other holders in one. */
const HOLDERS_PER_STEP = 32;
const REFUSED = -1;

/** Who holds permits of the robust semaphore in that block: a snapshot. */
export const holdersOf = (words: Words): number[] => Roster.having(words, ROBUST_ROSTER, 1, HELD);

export class RobustPermits implements Permits {
  readonly #roster: Roster;

  constructor(
    readonly state: SharedState,
    readonly most: number,
  ) {
    this.#roster = new Roster(state, ROBUST_ROSTER, 1, (_owner, [held]) => {
      state.add(VALUE, held!);
    });
  }

  begin(value: number): void {
    this.state.run(() => this.state.put(VALUE, value));
  }

  value(): number {
    this.#sweep();
    return this.state.words.load(VALUE);
  }

  isWorthATry(): boolean {
    return this.state.words.load(VALUE) > 0;
  }

  tryTake(): boolean {
    return this.take(false) ?? this.take(true) ?? false;
  }

  take(lookForDead: boolean): true | undefined {
    if (lookForDead) this.#sweep();
    const { state } = this;
    const left = state.run(() => {
      if (state.get(VALUE) === 0) return undefined;
      this.#roster.add(HELD, 1);
      return state.add(VALUE, -1);
    });
    if (left === undefined) return undefined;
    if (left > 0) this.#wake();
    return true;
  }

  give(n: number): boolean {
    const { state } = this;
    let left = state.run(() => this.#giveOwn(n));
    if (left > 0) this.#sweep();
    while (left > 0) {
      const now = left;
      left = state.run(() => this.#giveSome(now));
    }
    if (left === REFUSED) return false;
    this.#wake();
    return true;
  }

  /** Who holds permits, and how many. */
  holders(): { owner: number; held: number }[] {
    const { state } = this;
    return state.run(() => [...this.#roster.having(HELD)].map((owner) => ({ owner, held: this.#roster.of(owner, HELD) })));
  }

  /** All of `n`, when this thread holds as many; else none. What is left to give. */
  #giveOwn(n: number): number {
    if (this.#roster.mine(HELD) < n) return n;
    this.#roster.add(HELD, -n);
    this.state.add(VALUE, n);
    return 0;
  }

  /** Gives at least those of this thread and of some others; what is left to give, or REFUSED. */
  #giveSome(n: number): number {
    const { state } = this;
    if (state.get(VALUE) + n > this.most) return REFUSED;
    const own = Math.min(n, this.#roster.mine(HELD));
    if (own > 0) this.#roster.add(HELD, -own);
    let left = n - own;
    let holders = 0;
    for (const owner of this.#roster.having(HELD)) {
      if (left === 0) break;
      if (holders++ === HOLDERS_PER_STEP) {
        state.add(VALUE, n - left);
        return left;
      }
      const taken = Math.min(left, this.#roster.of(owner, HELD));
      this.#roster.addTo(owner, HELD, -taken);
      left -= taken;
    }
    state.add(VALUE, n);
    return 0;
  }

  #sweep(): void {
    while (this.state.run(() => this.#roster.sweep()));
    if (this.isWorthATry()) this.#wake();
  }

  #wake(): void {
    wakeOne(this.state.words, ROBUST_QUEUE, this.state.kernel);
  }
}
