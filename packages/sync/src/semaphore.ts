/**
 * `Semaphore`: a number of permits that processes and threads take and give back, over permits.ts, or robust-permits.ts when permits of the dead come back.
 */
import type { SyncWaitOptions, WaitOptions } from '@manycore/core';
import { deadlineOf, describe, registerLockType } from '@manycore/core/internal';
import { holderName } from './abandonment.js';
import { LockError } from './errors.js';
import { MOST_PERMITS, PERMIT_WORDS, PERMITS_QUEUE, PlainPermits, type Permits } from './permits.js';
import { holdersOf, ROBUST_QUEUE, ROBUST_WORDS, RobustPermits } from './robust-permits.js';
import { Lockable } from './shared/lockable.js';
import { Place } from './shared/place.js';
import { Arrived, registerPrimitive, wholeNumber } from './shared/primitive.js';
import { Turn } from './shared/reservation.js';
import { SharedState } from './shared/state.js';

/** Options of a `Semaphore` and a `BoundedSemaphore`. */
export interface SemaphoreOptions {
  /** Permits of a thread or process that died, or ended without giving them back, come back. Taking and giving then cost several times as much, and the semaphore 9 KB. Default: false. */
  robust?: boolean;
}

/** What a subclass differs in. */
export interface SemaphoreKind {
  readonly type: string;
  /** Whether there are never more permits than at first. */
  readonly isBounded: boolean;
}

/** What an object that is sent has besides its block. */
interface Sent {
  readonly robust: boolean;
  readonly most: number;
}

const KIND: SemaphoreKind = { type: 'manycore.Semaphore', isBounded: false };

/** A robust one has another layout, and so another type: `lockGraph` must know where its words are. */
const robustOf = (type: string): string => `${type}.robust`;

/** Makes both layouts of a class known. */
export function registerSemaphore(type: string, module: string, make: (arrived: Arrived) => object): void {
  registerPrimitive(type, module, make);
  registerPrimitive(robustOf(type), module, make);
  registerLockType(type, { holders: () => [], queues: [PERMITS_QUEUE] });
  registerLockType(robustOf(type), { holders: (words) => holdersOf(words), queues: [ROBUST_QUEUE] });
}

registerSemaphore(KIND.type, import.meta.url, (arrived) => new Semaphore(arrived));

/**
 * A counter of permits between any processes and threads of one tree; hand it to them like any value. `acquire` takes a permit, waiting while there is none; `release` gives one back.
 *
 * Nobody owns a permit: any process or thread may release, also without having acquired, and the value may grow beyond its first. A permit whose taker dies is lost, as in Python, unless the
 * semaphore is `robust`: then it comes back to those who wait.
 *
 * Fairness: within one event loop first come, first served. Between threads whoever comes may be faster than one that was woken, but not for long: for a thread that has waited for a
 * millisecond, or an event loop for ten, the next permit is kept.
 *
 * Memory: what was written before `release()` is visible after the `acquire()` that takes the permit.
 *
 * @example
 * const connections = new Semaphore(4, { robust: true });
 * await connections.withLock(async () => { … });
 *
 * @see Python `multiprocessing.Semaphore`. Differs: milliseconds; `release(n)`; `robust`; `getValue()` works everywhere; can be sent at any time.
 */
export class Semaphore extends Lockable {
  readonly #permits: Permits;
  readonly #place: Place;
  readonly #sent: Sent;

  /**
   * @param value - how many permits there are at first: a whole number from 0 to 2147483647; default 1.
   * @throws TypeError, RangeError for another value; TypeError for an option that is none; OutOfMemoryError when the session's budget is used up.
   */
  constructor(value?: number, options?: SemaphoreOptions);
  /** @internal */
  constructor(value: number | Arrived | undefined, options?: SemaphoreOptions, kind?: SemaphoreKind);
  constructor(value: number | Arrived = 1, options: SemaphoreOptions = {}, kind: SemaphoreKind = KIND) {
    const sent = value instanceof Arrived ? (value.state as Sent) : checked(value, options, kind);
    super(sent.robust ? robustOf(kind.type) : kind.type, value instanceof Arrived ? value.block : (sent.robust ? ROBUST_WORDS : PERMIT_WORDS) * 4);
    const { words, kernel } = this;
    this.#sent = sent;
    const permits = sent.robust ? new RobustPermits(new SharedState(words, kernel), sent.most) : new PlainPermits(words, kernel, 0, sent.most);
    this.#permits = permits;
    this.#place = new Place(this.session, words, sent.robust ? ROBUST_QUEUE : PERMITS_QUEUE, () => permits.isWorthATry());
    if (!(value instanceof Arrived)) permits.begin(value);
  }

  /**
   * Takes a permit, waiting while there is none. Does not block the event loop.
   * @returns true when a permit was taken, false when the timeout passed first.
   * @throws the signal's reason when aborted, with no permit taken; TypeError for bad options.
   * @see Python `Semaphore.acquire`. Differs: options in milliseconds.
   */
  async acquire(options?: WaitOptions): Promise<boolean> {
    const deadline = options === undefined ? Infinity : deadlineOf(options, `${this.name}.acquire`);
    options?.signal?.throwIfAborted();
    const permits = this.#permits;
    if (deadline === -Infinity) return permits.tryTake();
    // Behind those of this thread that wait already: a task that takes permits again and again would starve them.
    if (!this.session.waits.isWaitedFor(this.words, this.#place.queue) && permits.tryTake()) return true;
    const turn = Turn.ofPromise(this.kernel);
    try {
      return (await this.#place.wait((lookForDead) => permits.take(lookForDead, turn), deadline, options?.signal)) ?? false;
    } finally {
      permits.leave(turn);
    }
  }

  /**
   * Takes a permit, blocking the thread while there is none: with it its event loop, its timers and its signal handlers.
   * @returns true when a permit was taken, false when the timeout passed first.
   * @throws TypeError for bad options.
   */
  acquireSync(options?: SyncWaitOptions): boolean {
    const permits = this.#permits;
    if (options === undefined && permits.tryTake()) return true;
    const deadline = deadlineOf(options, `${this.name}.acquireSync`);
    if (permits.tryTake()) return true;
    const turn = Turn.ofBlocked(this.kernel);
    try {
      return this.#place.waitBlocked((lookForDead) => permits.take(lookForDead, turn), deadline) ?? false;
    } finally {
      permits.leave(turn);
    }
  }

  /** Takes a permit if there is one; of a robust semaphore also one that somebody dead held. Never waits. */
  tryAcquire(): boolean {
    return this.#permits.tryTake();
  }

  /**
   * Gives permits back and lets waiters have them. Does not block. Any process or thread may do it. Of a robust semaphore, what this thread gives beyond what it holds is taken off others
   * that hold permits, where there are any.
   * @param n - how many, all at once; from 1 on.
   * @throws LockError when there would be more than 2147483647, of a bounded one more than at first; nothing is changed. TypeError, RangeError for another `n`.
   * @see Python `Semaphore.release`. Differs: `n`, as in `threading`.
   */
  release(n = 1): void {
    if (n !== 1) wholeNumber(n, `${this.name}.release: n`, 1);
    if (this.#permits.give(n)) return;
    const { most } = this.#sent;
    throw new LockError(
      most === MOST_PERMITS
        ? `${this.name}.release: there would be more than ${MOST_PERMITS} permits. Nothing was changed.`
        : `${this.name}.release: there would be more than the ${most} permit${most === 1 ? '' : 's'} it was made with. It was released more often than acquired; nothing was changed.`,
    );
  }

  /** How many permits are left at this moment. Of a robust semaphore, those of the dead are back. Python: `Semaphore.get_value`. */
  getValue(): number {
    return this.#permits.value();
  }

  /** Whether no permit is left at this moment. Python: `Semaphore.locked`. */
  locked(): boolean {
    return this.getValue() === 0;
  }

  protected override get sentAlong(): Sent {
    return this.#sent;
  }

  protected override get holder(): string {
    return this.#holders() ?? 'others';
  }

  protected override describe(): string {
    const value = `value ${this.getValue()}${this.#sent.most === MOST_PERMITS ? '' : ` of ${this.#sent.most}`}`;
    if (!this.#sent.robust) return value;
    const holders = this.#holders();
    return `${value}, robust${holders === undefined ? '' : `, held by ${holders}`}`;
  }

  /** As far as it is known. */
  #holders(): string | undefined {
    if (!(this.#permits instanceof RobustPermits)) return undefined;
    const holders = this.#permits.holders().map(({ owner, held }) => `${holderName(owner, this.session, this.kernel)}${held === 1 ? '' : `: ${held}`}`);
    return holders.length === 0 ? undefined : holders.join('; ');
  }
}

function checked(value: unknown, options: SemaphoreOptions, { type, isBounded }: SemaphoreKind): Sent {
  const name = type.slice(type.indexOf('.') + 1);
  const whole = wholeNumber(value, `${name}: value`, 0);
  if (typeof options !== 'object' || options === null) throw new TypeError(`${name}: expected an options object, got ${describe(options)}.`);
  const { robust = false } = options;
  if (typeof robust !== 'boolean') throw new TypeError(`${name}: robust must be a boolean, got ${describe(robust)}.`);
  return { robust, most: isBounded ? whole : MOST_PERMITS };
}
