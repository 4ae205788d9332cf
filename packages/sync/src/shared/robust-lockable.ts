/**
 * What `Lock` and `RLock` have in common: the robust lock of @manycore/core, the note about an owner that died, and what a `Condition` needs of its lock.
 *
 * Block: LOCK.. = robust lock; NOTE.. = the note (abandonment.ts); MODE = 1 when `onAbandoned` is 'error'; OWN.. = the class's own words.
 * What a kill leaves is in robust-lock.ts and abandonment.ts.
 */
import {
  describe, HAND_OVER_LOOP_MS, holdsLock, LOCK_QUEUE, lockBlocked, lockOwner, LockWaiter, ROBUST_LOCK_WORDS, tryLockQueued, unlock, withdraw, type Deadline, type LockResult,
} from '@manycore/core/internal';
import { erase, holderName, isNoted, note, NOTE_WORDS, read, type Abandoned } from '../abandonment.js';
import { AbandonedLockError } from '../errors.js';
import { Lockable } from './lockable.js';
import { Arrived } from './primitive.js';

export const LOCK = 0;
const NOTE = LOCK + ROBUST_LOCK_WORDS;
const MODE = NOTE + NOTE_WORDS;
/** The first word of the class's own. */
export const OWN = MODE + 1;

export interface LockOptions {
  /**
   * What `acquire` does with a lock whose owner died holding it. `'pass'` (default): it succeeds and `abandoned` says who died, until `recover()`. `'error'`: it throws
   * `AbandonedLockError`, as does every further `acquire`, until `recover()`.
   */
  onAbandoned?: 'pass' | 'error';
}

/** Of one wait for the lock. */
export interface Claim {
  /** Whether the lock is the claimant's already; then it has taken note of that. */
  reenter?(): boolean;
  /** The lock is the claimant's from this moment on: called before anything else can run in this thread. */
  given(): void;
}

export abstract class RobustLockable extends Lockable {
  protected readonly failsWhenAbandoned: boolean;

  protected constructor(type: string, bytes: number, options: LockOptions | Arrived = {}) {
    const fails = !(options instanceof Arrived) && isErrorMode(options, type.slice(type.indexOf('.') + 1));
    super(type, options instanceof Arrived ? options.block : bytes);
    if (fails) this.words.store(MODE, 1);
    this.failsWhenAbandoned = this.words.load(MODE) === 1;
  }

  /** @internal Whether the calling context holds it. For `Condition`, as all that follows. */
  abstract isOwned(): boolean;

  /** @internal Gives it up, however often it was acquired. It must be owned. What it returns brings it back as it was. */
  abstract suspend(): Claim;

  /** @internal Takes the lock again, however long that takes. @throws AbandonedLockError with `onAbandoned: 'error'`; then the lock is held all the same. */
  async resume(claim: Claim): Promise<void> {
    this.#keep(await this.waitForLock(Infinity, undefined, claim));
  }

  /** @internal As `resume`, blocking the thread. */
  resumeSync(claim: Claim): void {
    const result = lockBlocked(this.words, LOCK, this.kernel, Infinity);
    claim.given();
    this.#keep(result);
  }

  /** Whether somebody holds the lock at this moment. Python: `locked`. */
  locked(): boolean {
    return lockOwner(this.words, LOCK) !== 0;
  }

  /** Who died holding the lock, while nobody has called `recover()` since; null when all is well. What the lock guards may be half changed. */
  get abandoned(): Abandoned | null {
    return read(this.words, NOTE);
  }

  /** Says that what the lock guards was checked or repaired: `abandoned` is null again, and a lock with `onAbandoned: 'error'` can be acquired again. */
  recover(): void {
    erase(this.words, NOTE);
  }

  /** Takes the lock when it is free and nobody of this thread waits: a task that takes it again and again would starve those who do. */
  protected takeFree(): boolean {
    return this.session.waits.pending === 0 && this.words.compareExchange(LOCK, 0, this.kernel.self) === 0;
  }

  /** Waits for the lock without blocking the event loop; undefined when the deadline passed first. */
  protected async waitForLock(deadline: Deadline, signal: AbortSignal | undefined, claim?: Claim): Promise<LockResult | undefined> {
    const { words, kernel } = this;
    const waiter = new LockWaiter(HAND_OVER_LOOP_MS, kernel.now());
    const attempt = (lookForDead: boolean): LockResult | undefined => {
      if (claim?.reenter?.() === true) {
        withdraw(words, LOCK, kernel, waiter);
        return 0;
      }
      const result = tryLockQueued(words, LOCK, kernel, lookForDead, waiter);
      if (result !== undefined) claim?.given();
      return result;
    };
    let result: LockResult | undefined;
    try {
      result = await this.session.waits.wait(words, LOCK + LOCK_QUEUE, attempt, deadline, signal);
    } catch (error) {
      if (withdraw(words, LOCK, kernel, waiter) !== undefined) unlock(words, LOCK, kernel);
      throw error;
    }
    if (result !== undefined) return result;
    result = withdraw(words, LOCK, kernel, waiter);
    if (result !== undefined) claim?.given();
    return result;
  }

  /** What acquiring comes to. @throws AbandonedLockError with `onAbandoned: 'error'`; then the lock is free again. */
  protected got(result: LockResult | undefined): boolean {
    if (result === undefined) return false;
    if (result !== 0) note(this.words, NOTE, result, this.session);
    if (!this.#isRefused()) return true;
    unlock(this.words, LOCK, this.kernel);
    throw this.#refusal();
  }

  #keep(result: LockResult | undefined): void {
    if (result !== undefined && result !== 0) note(this.words, NOTE, result, this.session);
    if (this.#isRefused()) throw this.#refusal();
  }

  #isRefused(): boolean {
    return this.failsWhenAbandoned && isNoted(this.words, NOTE);
  }

  #refusal(): AbandonedLockError {
    const { pid, name } = this.abandoned ?? { pid: null, name: null };
    const who = pid === null ? 'A process that is gone' : `${name} (pid ${pid})`;
    return new AbandonedLockError(`${this.name}.acquire: ${who} died holding this lock; what it guards may be half changed. Check it, then call lock.recover().`, pid, name);
  }

  protected get isHeldByThread(): boolean {
    return holdsLock(this.words, LOCK, this.kernel);
  }

  protected override get holder(): string {
    return holderName(lockOwner(this.words, LOCK), this.session, this.kernel) ?? 'nobody now';
  }

  protected override describe(): string {
    const holder = holderName(lockOwner(this.words, LOCK), this.session, this.kernel);
    return `${holder === null ? 'free' : `held by ${holder}`}${isNoted(this.words, NOTE) ? ', abandoned' : ''}`;
  }
}

function isErrorMode(options: LockOptions, name: string): boolean {
  if (typeof options !== 'object' || options === null) throw new TypeError(`${name}: expected an options object, got ${describe(options)}.`);
  const { onAbandoned } = options;
  if (onAbandoned !== undefined && onAbandoned !== 'pass' && onAbandoned !== 'error') {
    throw new TypeError(`${name}: onAbandoned must be 'pass' or 'error', got ${describe(onAbandoned)}.`);
  }
  return onAbandoned === 'error';
}
