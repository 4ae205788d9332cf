/** `RLock`: a lock that its owner may acquire again. Its block is the one of robust-lockable.ts, then the words of recursion.ts. */
import type { SyncWaitOptions, WaitOptions } from '@manycore/core';
import { deadlineOf, tryLock, type Deadline } from '@manycore/core/internal';
import { LockError } from './errors.js';
import { Guard } from './guard.js';
import { Recursion, RECURSION_WORDS } from './recursion.js';
import { currentTree, enterNewTree, newTree, runInTree, THREAD, treeIn, type Tree } from './shared/async-tree.js';
import { mustBeFunction, registerPrimitive, type Arrived } from './shared/primitive.js';
import { LOCK, OWN, registerRobustLock, RobustLockable, type Claim, type LockOptions } from './shared/robust-lockable.js';

const TYPE = 'manycore.RLock';
const BYTES = (OWN + RECURSION_WORDS) * 4;

registerPrimitive(TYPE, import.meta.url, (arrived) => new RLock(arrived));
registerRobustLock(TYPE);

/**
 * A recursive lock between any processes and threads of one tree: its owner may acquire it again, and has to release it as often.
 *
 * Who the owner is depends on how it was acquired. `acquire`, `tryAcquire` and the Sync forms: the thread, as in Python. All tasks of the thread are then inside; they do not exclude one
 * another. `hold` and `withLock`: the async call tree, that is the caller and all it calls. Two tasks that run at the same time in one thread exclude one another. Whatever is called inside
 * of a tree that has the lock, in any form, acquires it once more for that tree. Inside of a thread that has the lock, everything does so for the thread.
 *
 * Only the owner may release. A guard always releases what it was given for, wherever it is disposed. A holder that dies, or ends without releasing, loses the lock to the next waiter (see
 * `abandoned`), however often it had acquired it.
 *
 * Fairness, memory: as `Lock`. Acquiring again never waits.
 *
 * @example
 * const lock = new RLock();
 * await lock.withLock(() => lock.withLock(async () => { … }));
 *
 * @see Python `multiprocessing.RLock`. Differs: milliseconds; async tasks are owners of their own; robust against the death of its holder; can be sent at any time.
 */
export class RLock extends RobustLockable {
  readonly #recursion: Recursion;

  /** @throws TypeError for an option that is none; OutOfMemoryError when the session's budget is used up. */
  constructor(options?: LockOptions);
  /** @internal */
  constructor(arrived: Arrived);
  constructor(options?: LockOptions | Arrived) {
    super(TYPE, BYTES, options);
    this.#recursion = new Recursion(this.words, LOCK, OWN, this.kernel);
  }

  /**
   * Takes the lock for this thread, or once more for its owner; waits while somebody else has it. Does not block the event loop.
   *
   * @returns true when the lock is ours, false when the timeout passed first.
   * @throws the signal's reason when aborted; AbandonedLockError with `onAbandoned: 'error'`; TypeError for bad options.
   * @see Python `RLock.acquire`. Differs: options in milliseconds.
   */
  async acquire(options?: WaitOptions): Promise<boolean> {
    const deadline = deadlineOf(options, 'RLock.acquire');
    options?.signal?.throwIfAborted();
    return (this.#reenter(currentTree()) ?? (await this.#obtain(THREAD, deadline, options?.signal))) !== undefined;
  }

  /**
   * As `acquire`, blocking the thread: with it its event loop, its timers and its signal handlers.
   * @throws as `acquire`; LockError, instead of waiting for ever, when a task of this very thread has it, which cannot go on while the thread is blocked.
   */
  acquireSync(options?: SyncWaitOptions): boolean {
    const kernel = this.kernel;
    if (options === undefined && !this.failsWhenAbandoned && this.words.compareExchange(LOCK, 0, kernel.self) === 0) return true;
    return this.#acquireBlocked(options);
  }

  #acquireBlocked(options: SyncWaitOptions | undefined): boolean {
    const deadline = options === undefined ? Infinity : deadlineOf(options, 'RLock.acquireSync');
    if (!this.isHeldByThread) return this.#begin(this.takeBlocked(deadline, 'RLock.acquireSync'));
    if (this.#reenter(currentTree()) !== undefined) return true;
    if (deadline === Infinity) {
      throw new LockError('RLock.acquireSync: another async task of this thread has the lock, and could never release it while the thread is blocked. Use acquire, hold or withLock.');
    }
    return this.#begin(this.takeBlocked(deadline, 'RLock.acquireSync'));
  }

  /** Takes the lock if it is free, the caller's already, or held by somebody dead. Never waits. @throws AbandonedLockError with `onAbandoned: 'error'`. */
  tryAcquire(): boolean {
    return this.#reenter(currentTree()) !== undefined || this.#begin(tryLock(this.words, LOCK, this.kernel, true));
  }

  /**
   * Releases once; the lock is given up, and a waiter has it, when that was as often as it was acquired. Does not block.
   * @throws LockError when the calling thread, or async task, is not the owner.
   * @see Python `RLock.release` (AssertionError).
   */
  release(): void {
    if (this.#recursion.leaveThread()) return;
    const owner = this.#owner(currentTree());
    if (owner === undefined) throw this.#notOwner();
    this.#leave(owner);
  }

  /**
   * As `acquire`, for the calling async task; gives a guard that releases: `using held = await lock.hold()`.
   *
   * Await it at once. The task is the caller and what it calls from here on; it begins in the synchronous part of this call, which a caller that did not await yet shares: a function that
   * starts an async function which holds before its first `await`, and does not await that function at once, is in the same task. `withLock` has no such limit.
   *
   * @throws TimeoutError when the timeout passed first; else as `acquire`.
   */
  override async hold(options?: WaitOptions): Promise<Guard> {
    const deadline = deadlineOf(options, 'RLock.hold');
    options?.signal?.throwIfAborted();
    const context = currentTree();
    const owner = this.#reenter(context);
    if (owner !== undefined) return this.#guardOf(owner);
    // Before the first await: after it, the caller's context is out of reach.
    const tree = enterNewTree();
    return this.#guardOf(await this.#obtainFor(tree, 'hold', deadline, options));
  }

  /**
   * Calls `fn` while holding the lock for it and all it calls, and releases it when `fn` has ended or thrown; resolves with its result.
   * @throws TimeoutError when the timeout passed first; else as `acquire`.
   */
  override async withLock<R>(fn: () => R | Promise<R>, options?: WaitOptions): Promise<R> {
    mustBeFunction(fn, 'RLock.withLock');
    const deadline = deadlineOf(options, 'RLock.withLock');
    options?.signal?.throwIfAborted();
    let owner = this.#reenter(currentTree());
    if (owner !== undefined) {
      using _again = this.#guardOf(owner);
      return await fn();
    }
    const tree = newTree();
    owner = await this.#obtainFor(tree, 'withLock', deadline, options);
    using _held = this.#guardOf(owner);
    return await (owner === tree ? runInTree(tree, fn) : fn());
  }

  /** @internal */
  override isOwned(): boolean {
    return this.#owner(currentTree()) !== undefined;
  }

  /** @internal */
  override suspend(): Claim {
    const recursion = this.#recursion;
    const tree = recursion.tree!;
    const count = recursion.leaveAll();
    return { given: () => recursion.begin(tree, count) };
  }

  /** The tree that has the lock, when a context that carries `context` is in it. */
  #owner(context: Tree | undefined): Tree | undefined {
    const tree = this.#recursion.tree;
    return tree === undefined ? undefined : treeIn(context, tree);
  }

  /** Acquires once more, when the lock is the context's already. */
  #reenter(context: Tree | undefined): Tree | undefined {
    const owner = this.#owner(context);
    if (owner !== undefined) this.#recursion.again();
    return owner;
  }

  /** After a form that does not wait in the event loop. */
  #begin(result: number | undefined): boolean {
    if (result !== undefined) this.#recursion.begin(THREAD.id);
    return this.got(result);
  }

  /** Waits for the lock on behalf of `tree`. Resolves with whom it is acquired for: another than `tree` when the lock came to it meanwhile and the caller is in that one. */
  async #obtain(tree: Tree, deadline: Deadline, signal: AbortSignal | undefined): Promise<Tree | undefined> {
    const recursion = this.#recursion;
    if (this.takeFree()) {
      recursion.begin(tree.id);
      this.got(0);
      return tree;
    }
    const context = currentTree();
    let reentered: Tree | undefined;
    const claim: Claim = {
      reenter: () => (reentered = this.#reenter(context)) !== undefined,
      given: () => recursion.begin(tree.id),
    };
    const result = await this.waitForLock(deadline, signal, claim);
    return reentered ?? (this.got(result) ? tree : undefined);
  }

  async #obtainFor(tree: Tree, call: string, deadline: Deadline, options: WaitOptions | undefined): Promise<Tree> {
    try {
      const owner = await this.#obtain(tree, deadline, options?.signal);
      if (owner === undefined) throw this.tooLate(call, options);
      if (owner === tree) tree.give();
      else tree.end();
      return owner;
    } catch (error) {
      tree.end();
      throw error;
    }
  }

  #leave(owner: Tree): void {
    if (this.#recursion.leave() && owner !== THREAD) owner.end();
  }

  /** Of the forms that block or never wait: for whom it was acquired just now. */
  protected override guard(): Guard {
    return this.#guardOf(this.#owner(currentTree())!);
  }

  #guardOf(owner: Tree): Guard {
    return new Guard(() => {
      if (this.#recursion.tree !== owner.id) throw this.#notOwner();
      this.#leave(owner);
    });
  }

  #notOwner(): LockError {
    const why = this.locked() ? `held by ${this.holder}${this.isHeldByThread ? ', in another async task' : ''}` : 'not held: it was released more often than acquired';
    return new LockError(`RLock.release: only the owner may release; the lock is ${why}.`);
  }

  protected override describe(): string {
    const { count } = this.#recursion;
    return `${super.describe()}${this.locked() && count > 1 ? `, ${count} times` : ''}`;
  }
}
