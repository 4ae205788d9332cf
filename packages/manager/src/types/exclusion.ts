/**
 * Mutual exclusion between the clients of a server: the state that `Lock` and `RLock` share.
 *
 * | state     | meaning                                                                                          |
 * | --------- | ------------------------------------------------------------------------------------------------ |
 * | owner     | who has it: a client (one thread of one process), and for an `RLock` which of its call trees      |
 * | count     | how often the owner has acquired it                                                               |
 * | abandoned | who died having it, until `recover()`                                                             |
 * | waiters   | who wants it, first come, first served: a release hands it to the first                            |
 *
 * | a client dies               | what happens                                                                                   |
 * | --------------------------- | ---------------------------------------------------------------------------------------------- |
 * | while it waits              | its waiter leaves the list                                                                     |
 * | while it has the lock       | `abandoned` names it, and the lock goes to the first waiter; with `onAbandoned: 'error'` to none |
 * | before it reads that it has | the same: it has had the lock since the server wrote so                                         |
 */
import type { WaitOptions } from '@manycore/core';
import { deadlineOf, describe, type Deadline } from '@manycore/core/internal';
import { AbandonedLockError, type Abandoned } from '@manycore/sync';
import { caller, type CallerClient } from '../server/caller.js';
import { optionsOf } from './arguments.js';
import { nameOf } from './caller-name.js';
import { WaitList, type Waiter } from './wait-list.js';

/** Options of a managed `Lock` and `RLock`. */
export interface ExclusionOptions {
  /**
   * What `acquire` does with a lock whose client died holding it. `'pass'` (default): it succeeds and `abandoned` says who died, until `recover()`. `'error'`: it throws `AbandonedLockError`, as
   * does every further `acquire`, until `recover()`.
   */
  onAbandoned?: 'pass' | 'error';
}

/** The client as a whole, in no call tree. */
export const THREAD = 0;

/** Where in its client a call comes from. Proxies send it along; the client as a whole where it is absent. */
export interface CallContext {
  /** For which call tree to acquire; 0: the client as a whole. */
  readonly tree?: number | undefined;
  /** The call trees that the caller is in. */
  readonly within?: readonly number[] | undefined;
}

/** Who wants the lock, or has it. */
export interface Claimant {
  readonly client: CallerClient;
  readonly tree: number;
  readonly within: readonly number[];
}

/** A lock that was given up for a while; what brings it back. */
export interface Suspended {
  readonly claimant: Claimant;
  readonly count: number;
}

/** What a waiter wants: the lock, so many times. */
interface Wish {
  readonly claimant: Claimant;
  readonly count: number;
  /** Whether an abandoned lock is taken although it throws: for who had it before. */
  readonly isReturning: boolean;
}

export abstract class Exclusion {
  #owner: Claimant | undefined;
  #count = 0;
  /** Takes back that the lock goes on when its owner is gone. */
  #forget: (() => void) | undefined;
  #abandoned: Abandoned | null = null;
  readonly #waiters = new WaitList<Wish, Claimant>();
  readonly #failsWhenAbandoned: boolean;

  protected constructor(
    readonly name: string,
    options: ExclusionOptions | undefined,
  ) {
    const { onAbandoned } = optionsOf(options, name);
    if (onAbandoned !== undefined && onAbandoned !== 'pass' && onAbandoned !== 'error') {
      throw new TypeError(`${name}: onAbandoned must be 'pass' or 'error', got ${describe(onAbandoned)}.`);
    }
    this.#failsWhenAbandoned = onAbandoned === 'error';
  }

  /** Whether the claimant has the lock already, so that acquiring it counts once more. */
  protected abstract mayReenter(owner: Claimant, claimant: Claimant): boolean;

  /** Whether somebody has it at this moment. */
  locked(): boolean {
    return this.#owner !== undefined;
  }

  /** Who died holding the lock, while nobody has called `recover()` since; null when all is well. */
  abandoned(): Abandoned | null {
    return this.#abandoned;
  }

  /** Says that what the lock guards was checked or repaired. */
  recover(): void {
    this.#abandoned = null;
  }

  /** How many wait for it. */
  get waiting(): number {
    return this.#waiters.size;
  }

  /** Takes the lock, or waits for it. @returns for whom it was taken; undefined when the time was up. @throws AbandonedLockError */
  protected take(options: (WaitOptions & CallContext) | undefined, call: string): Claimant | undefined | Promise<Claimant | undefined> {
    const deadline = deadlineOf(options, `${this.name}.${call}`);
    const claimant = claimantOf(options, `${this.name}.${call}`);
    const taken = this.takeNow(claimant);
    if (taken !== undefined || deadline === -Infinity) return taken;
    return this.#wait({ claimant, count: 1, isReturning: false }, deadline, caller().signal);
  }

  /** Takes the lock if that needs no waiting. @throws AbandonedLockError */
  protected takeNow(claimant: Claimant): Claimant | undefined {
    const owner = this.#owner;
    if (owner !== undefined) {
      if (!this.mayReenter(owner, claimant)) return undefined;
      this.#count++;
      return owner;
    }
    if (this.#isRefused) throw this.#refusal();
    this.#begin(claimant, 1);
    return claimant;
  }

  /** The claimant that has the lock, when a call from there is its owner's. */
  protected ownerFor(claimant: Claimant, isSame: (owner: Claimant, claimant: Claimant) => boolean): Claimant | undefined {
    return this.#owner !== undefined && isSame(this.#owner, claimant) ? this.#owner : undefined;
  }

  /** The one who has it, for messages. */
  holder(): string {
    return this.#owner === undefined ? 'nobody now' : nameOf(this.#owner.client);
  }

  /** Releases once. @returns whether that was the last time: then the lock went to the first waiter. It must be locked. */
  protected leave(): boolean {
    if (--this.#count > 0) return false;
    this.#handOn();
    return true;
  }

  /** For `Condition`: whether a call from there is its owner's. */
  abstract isOwnedBy(claimant: Claimant): boolean;

  /** For `Condition`: gives the lock up, however often it was acquired. It must be locked. */
  suspend(): Suspended {
    const suspended = { claimant: this.#owner!, count: this.#count };
    this.#handOn();
    return suspended;
  }

  /**
   * For `Condition`: takes the lock again, as often as before, however long that takes.
   * @param gone - aborted when the client is gone.
   * @throws AbandonedLockError with `onAbandoned: 'error'`; then the lock is held all the same.
   */
  async resume({ claimant, count }: Suspended, gone: AbortSignal): Promise<void> {
    gone.throwIfAborted();
    if (this.#owner === undefined) this.#begin(claimant, count);
    else await this.#wait({ claimant, count, isReturning: true }, Infinity, gone);
    if (this.#isRefused) throw this.#refusal();
  }

  #wait(wish: Wish, deadline: Deadline, signal: AbortSignal): Promise<Claimant | undefined> {
    return this.#waiters.wait(wish, deadline, signal);
  }

  #begin(claimant: Claimant, count: number): void {
    this.#owner = claimant;
    this.#count = count;
    this.#forget = claimant.client.holds(() => this.#abandon(claimant.client));
  }

  #abandon({ pid, name }: CallerClient): void {
    this.#forget = undefined;
    this.#abandoned = { pid, name, at: Date.now() };
    if (this.#failsWhenAbandoned) for (const waiter of this.#waiters) if (!waiter.what.isReturning) waiter.fail(this.#refusal());
    this.#handOn();
  }

  #handOn(): void {
    this.#owner = undefined;
    this.#count = 0;
    this.#forget?.();
    this.#forget = undefined;
    const next = this.#waiters.first;
    if (next === undefined) return;
    this.#begin(next.what.claimant, next.what.count);
    next.give(next.what.claimant);
    // Whoever waits where the lock has come to has it as well.
    for (const waiter of this.#waiters) this.#letIn(waiter);
  }

  #letIn(waiter: Waiter<Wish, Claimant>): void {
    const { claimant, count, isReturning } = waiter.what;
    if (isReturning || !this.mayReenter(this.#owner!, claimant)) return;
    this.#count += count;
    waiter.give(this.#owner!);
  }

  get #isRefused(): boolean {
    return this.#failsWhenAbandoned && this.#abandoned !== null;
  }

  #refusal(): AbandonedLockError {
    const { pid, name } = this.#abandoned!;
    return new AbandonedLockError(`${this.name}.acquire: ${name} (pid ${pid}) died holding this lock; what it guards may be half changed. Check it, then call lock.recover().`, pid, name);
  }
}

/** Who calls. @throws TypeError when what came along is no context. */
export function claimantOf(context: CallContext | undefined, call: string): Claimant {
  const { client } = caller();
  const { tree = THREAD, within = [] } = optionsOf(context, call);
  if (!Number.isInteger(tree) || !Array.isArray(within)) throw new TypeError(`${call}: tree must be a number, and within an array of numbers.`);
  return { client, tree, within };
}
