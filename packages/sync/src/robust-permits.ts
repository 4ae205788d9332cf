/**
 * Permits that come back when the thread that holds them is gone: as permits.ts, with a roster of who holds how many.
 *
 * | word from STATE | meaning                                          |
 * | --------------- | ------------------------------------------------ |
 * | VALUE           | how many permits are left                        |
 * | KEPT..          | for whom one is kept (reservation.ts)            |
 * | QUEUE..         | a wait queue                                     |
 * | ROSTER..        | for each thread, how many it holds (roster.ts)   |
 *
 * Every change is one step of a `SharedState`: a kill finds it whole or not at all, and the sum of VALUE and what all threads hold changes only by a `give` of permits that nobody holds.
 * It is at most `most`. Wake-ups follow the step, with the chain rule of permits.ts; killed in between, the sleepers' slice finds the permits.
 *
 * Any thread may give a permit back, as in CPython. What a thread gives beyond what it holds is taken off others that hold some, threads of low slots first: whose permit it was is not known.
 * The dead are looked for before, since theirs come back without that.
 */
import { wakeAll, wakeOne, type Words } from '@manycore/core/internal';
import { PERMIT_WORDS, PERMITS_KEPT, PERMITS_QUEUE, type Permits } from './permits.js';
import { Reservation, type Turn } from './shared/reservation.js';
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
  readonly #kept: Reservation;

  constructor(
    readonly state: SharedState,
    readonly most: number,
  ) {
    this.#roster = new Roster(state, ROBUST_ROSTER, 1, (_owner, [held]) => {
      state.add(VALUE, held!);
    });
    this.#kept = new Reservation(state.words, STATE + PERMITS_KEPT, state.kernel);
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

  take(lookForDead: boolean, turn?: Turn): true | undefined {
    if (lookForDead) this.#sweep();
    let left = this.#takeOne();
    if (left === REFUSED && turn !== undefined && this.#kept.ask(turn)) left = this.#takeOne();
    if (left === REFUSED && lookForDead && this.isWorthATry() && this.#kept.forfeits(turn)) left = this.#takeOne();
    if (left > 0) this.#wake();
    return left === REFUSED ? undefined : true;
  }

  leave(turn: Turn): void {
    if (this.#kept.leave(turn) && this.isWorthATry()) this.#wake();
  }

  /** How many are left after it; or REFUSED. */
  #takeOne(): number {
    const { state } = this;
    return state.run(() => {
      if (state.get(VALUE) < this.#kept.least) return REFUSED;
      this.#roster.add(HELD, 1);
      this.#kept.taken();
      return state.add(VALUE, -1);
    });
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
    const { words, kernel } = this.state;
    if (this.#kept.isAny) wakeAll(words, ROBUST_QUEUE, kernel);
    else wakeOne(words, ROBUST_QUEUE, kernel);
  }
}
