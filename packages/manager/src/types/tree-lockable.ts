/**
 * Proxies of locks whose owner may be an async call tree, as of an `RLock` of @manycore/sync: only here it is known which call tree calls. Each call sends in which trees it is; `hold` and `withLock` also a new one, for
 * which the lock is acquired unless it is that of an outer tree, or of the thread, already. The server says for whom it was.
 */
import type { WaitOptions } from '@manycore/core';
import { deadlineOf } from '@manycore/core/internal';
import { currentTree, enterNewTree, newTree, numbersOf, runInTree, type Tree } from '@manycore/sync/internal';
import { AbandonableProxy } from './abandonable.js';
import { mustBeFunction } from './arguments.js';
import type { CallContext } from './exclusion.js';
import { callAndRelease } from './lockable-proxy.js';
import { RemoteGuard } from './remote-guard.js';

/** The options of a call, and where it comes from. */
export const inContext = <O extends object>(options?: O): O & CallContext => ({ ...(options as O), within: numbersOf(currentTree()) });

export abstract class TreeLockableProxy<T = unknown> extends AbandonableProxy<T> {
  /**
   * Takes the lock for this thread, or once more for its owner; waits while somebody else has it.
   * @returns true when the lock is ours, false when the timeout passed first.
   * @throws the signal's reason when aborted; AbandonedLockError with `onAbandoned: 'error'`; ManagerError when the server is gone; TypeError for bad options.
   */
  override async acquire(options?: WaitOptions): Promise<boolean> {
    deadlineOf(options, `${this.name}.acquire`);
    return this.call('acquire', [inContext(options)]);
  }

  /** Takes the lock if it is free, or the caller's already. */
  override tryAcquire(): Promise<boolean> {
    return this.call('tryAcquire', [inContext()]);
  }

  /** Releases once; the lock is given up when that was as often as it was acquired. @throws LockError when the calling thread, or async task, is not the owner. */
  override async release(): Promise<void> {
    await this.call('release', [inContext()]);
  }

  /**
   * As `acquire`, for the calling async task; gives a guard that releases: `await using held = await lock.hold()`. Await it at once: until then the caller's own caller is in the same task.
   * @throws TimeoutError when the timeout passed first; else as `acquire`.
   */
  override async hold(options?: WaitOptions): Promise<RemoteGuard> {
    deadlineOf(options, `${this.name}.hold`);
    options?.signal?.throwIfAborted();
    // Before the first await: after it, the caller's context is out of reach. In the new one, a tree that another task of this turn began is not among those that it is in.
    const tree = enterNewTree();
    const owner = await this.#obtain(tree, inContext(options), 'hold');
    return new RemoteGuard(() => this.#releaseFor(owner, tree));
  }

  /**
   * Calls `fn`, here, while holding the lock for it and all it calls, and releases it when `fn` has ended or thrown; resolves with its result.
   * @throws TimeoutError when the timeout passed first; else as `acquire`.
   */
  override async withLock<R>(fn: () => R | Promise<R>, options?: WaitOptions): Promise<R> {
    mustBeFunction(fn, `${this.name}.withLock`);
    deadlineOf(options, `${this.name}.withLock`);
    const tree = newTree();
    const owner = await this.#obtain(tree, inContext(options), 'withLock');
    return callAndRelease(owner === tree.id ? () => runInTree(tree, fn) : fn, () => this.#releaseFor(owner, tree));
  }

  /** Acquires it for the tree. @returns the number of the tree that has it: another one where that had it already. */
  async #obtain(tree: Tree, context: WaitOptions & CallContext, call: string): Promise<number> {
    try {
      const owner = await this.call<number | null>('acquireFor', [{ ...context, tree: tree.id }]);
      if (owner === null) throw await this.tooLate(call, context);
      if (owner === tree.id) tree.give();
      else tree.end();
      return owner;
    } catch (error) {
      tree.end();
      throw error;
    }
  }

  async #releaseFor(owner: number, tree: Tree): Promise<void> {
    const isOver = await this.call<boolean>('releaseFor', [owner]);
    if (isOver && owner === tree.id) tree.end();
  }
}
