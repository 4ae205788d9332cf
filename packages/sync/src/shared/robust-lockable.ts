/**
 * What `Lock` and `RLock` have in common: the robust lock of @manycore/core, the note about an owner that died, and what a `Condition` needs of its lock.
 *
 * Block: LOCK.. = robust lock; NOTE.. = the note (abandonment.ts); MODE = the options, as bits; OWN.. = the class's own words.
 * What a kill leaves is in robust-lock.ts and abandonment.ts.
 */
import {
  describe, HAND_OVER_LOOP_MS, HAND_OVER_MS, holdsLock, LOCK_QUEUE, lockAsleep, lockAwake, lockHolder, lockOwner, LockWaiter, registerLockType, ROBUST_LOCK_WORDS, tryLockQueued, unlock,
  withdraw, type Deadline, type LockResult,
} from '@manycore/core/internal';
import { erase, holderName, isNoted, note, NOTE_WORDS, read, type Abandoned } from '../abandonment.js';
import { DeadlockWatch } from '../deadlock-watch.js';
import { AbandonedLockError } from '../errors.js';
import { Lockable } from './lockable.js';
import { Arrived } from './primitive.js';

export const LOCK = 0;
const NOTE = LOCK + ROBUST_LOCK_WORDS;
const MODE = NOTE + NOTE_WORDS;
/** The first word of the class's own. */
export const OWN = MODE + 1;

const FAILS_WHEN_ABANDONED = 1;
const DETECTS_DEADLOCK = 2;

/** Makes `lockGraph` know a type whose block begins with such a lock. */
export function registerRobustLock(type: string): void {
  registerLockType(type, {
    holders: (words) => [lockHolder(words, LOCK)].filter((owner) => owner !== 0),
    queues: [LOCK + LOCK_QUEUE],
    isExclusive: () => true,
  });
}

/** Options of a `Lock`, an `RLock` and others that a dead holder loses. */
export interface LockOptions {
  /**
   * What `acquire` does with a lock whose owner died holding it. `'pass'` (default): it succeeds and `abandoned` says who died, until `recover()`. `'error'`: it throws
   * `AbandonedLockError`, as does every further `acquire`, until `recover()`.
   */
  onAbandoned?: 'pass' | 'error';
  /**
   * Whether `acquireSync` without a timeout throws `DeadlockError` instead of waiting for ever in a cycle: the holder blocks on a lock whose holder blocks on ... a lock that this thread
   * holds. Costs nothing before the call sleeps, and is found some tenths of a second later. Default: false.
   *
   * It sees threads that block without a timeout, at locks of any options; one of the locks of a cycle that has the option is enough, and one of the threads that wait for such a lock gives up.
   * Promises are not judged, as a waiter or as a holder: their event loop goes on, and can still release. Nor can it know that somebody outside of the cycle means to release a lock for one of its
   * members, as any process or thread may release a `Lock`, for example one that its own thread acquires a second time in order to be woken by another: do not set it for a lock that is used so.
   */
  detectDeadlock?: boolean;
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
  readonly #detectsDeadlock: boolean;

  protected constructor(type: string, bytes: number, options: LockOptions | Arrived = {}) {
    const isNew = !(options instanceof Arrived);
    const mode = isNew ? modeOf(options, type.slice(type.indexOf('.') + 1)) : 0;
    super(type, isNew ? bytes : options.block);
    if (isNew) this.words.store(MODE, mode);
    const inForce = this.words.load(MODE);
    this.failsWhenAbandoned = (inForce & FAILS_WHEN_ABANDONED) !== 0;
    this.#detectsDeadlock = (inForce & DETECTS_DEADLOCK) !== 0;
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
    const result = this.takeBlocked(Infinity);
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
    return !this.session.waits.isWaitedFor(this.words, LOCK + LOCK_QUEUE) && this.words.compareExchange(LOCK, 0, this.kernel.self) === 0;
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

  /**
   * Takes the lock, blocking the thread; undefined when the deadline passed first.
   * @param call - which call it is, where it may end in a DeadlockError.
   */
  protected takeBlocked(deadline: Deadline, call?: string): LockResult | undefined {
    const { words, kernel, session } = this;
    if (lockAwake(words, LOCK, kernel)) return 0;
    const watch = this.#detectsDeadlock && call !== undefined && deadline === Infinity ? new DeadlockWatch(session, call) : undefined;
    const facts = { looksForDeadlock: watch !== undefined, waitsForItself: lockHolder(words, LOCK) === kernel.self };
    const sleep = (): LockResult | undefined => lockAsleep(words, LOCK, kernel, deadline, HAND_OVER_MS, watch && (() => watch.look()));
    return session.blockedOn(this.block, deadline, sleep, facts);
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

function modeOf(options: LockOptions, name: string): number {
  if (typeof options !== 'object' || options === null) throw new TypeError(`${name}: expected an options object, got ${describe(options)}.`);
  const { onAbandoned, detectDeadlock } = options;
  if (onAbandoned !== undefined && onAbandoned !== 'pass' && onAbandoned !== 'error') {
    throw new TypeError(`${name}: onAbandoned must be 'pass' or 'error', got ${describe(onAbandoned)}.`);
  }
  if (detectDeadlock !== undefined && typeof detectDeadlock !== 'boolean') throw new TypeError(`${name}: detectDeadlock must be true or false, got ${describe(detectDeadlock)}.`);
  return (onAbandoned === 'error' ? FAILS_WHEN_ABANDONED : 0) | (detectDeadlock === true ? DETECTS_DEADLOCK : 0);
}
