/**
 * The referent of an `RLock`.
 *
 * Its owner is a client, or one call tree of a client. The numbers of trees come from the client, which alone knows its call trees: with a call it sends for which tree it acquires (0: as a
 * whole), and in which trees the caller is. The server compares them with the owner, of that same client only.
 */
import type { WaitOptions } from '@manycore/core';
import { LockError } from '@manycore/sync';
import { claimantOf, Exclusion, THREAD, type CallContext, type Claimant, type ExclusionOptions } from './exclusion.js';

/** A recursive lock in the memory of the server, between its clients and their call trees. */
export class RLockReferent extends Exclusion {
  constructor(options?: ExclusionOptions) {
    super('RLock', options);
  }

  acquire(options?: WaitOptions & CallContext): boolean | Promise<boolean> {
    const taken = this.take(options, 'acquire');
    return taken instanceof Promise ? taken.then((claimant) => claimant !== undefined) : taken !== undefined;
  }

  /** As `acquire`. @returns the tree for which it was acquired, another than asked for where that had the lock already; null when the time was up. */
  acquireFor(options?: WaitOptions & CallContext): number | null | Promise<number | null> {
    const taken = this.take(options, 'acquire');
    return taken instanceof Promise ? taken.then(treeOf) : treeOf(taken);
  }

  tryAcquire(context?: CallContext): boolean {
    return this.takeNow(claimantOf(context, 'RLock.tryAcquire')) !== undefined;
  }

  /**
   * Releases once.
   * @returns whether that gave the lock up.
   * @throws LockError when the caller is not the owner.
   */
  release(context?: CallContext): boolean {
    const claimant = claimantOf(context, 'RLock.release');
    if (!this.isOwnedBy(claimant)) throw this.#notOwner(claimant);
    return this.leave();
  }

  /** Releases once what was acquired for that tree, wherever the call comes from. @returns whether that gave the lock up. @throws LockError when the tree does not have it. */
  releaseFor(tree: number): boolean {
    const claimant = claimantOf({ tree }, 'RLock.release');
    const owner = this.ownerFor(claimant, (has, asked) => has.client === asked.client && has.tree === asked.tree);
    if (owner === undefined) throw this.#notOwner(claimant);
    return this.leave();
  }

  protected override mayReenter(owner: Claimant, { client, within }: Claimant): boolean {
    return owner.client === client && (owner.tree === THREAD || within.includes(owner.tree));
  }

  override isOwnedBy(claimant: Claimant): boolean {
    return this.ownerFor(claimant, (owner, from) => this.mayReenter(owner, from)) !== undefined;
  }

  #notOwner(claimant: Claimant): LockError {
    const isOfClient = this.ownerFor(claimant, (owner, { client }) => owner.client === client) !== undefined;
    const why = this.locked() ? `held by ${this.holder()}${isOfClient ? ', in another async task' : ''}` : 'not held: it was released more often than acquired';
    return new LockError(`RLock.release: only the owner may release; the lock is ${why}.`);
  }
}

const treeOf = (claimant: Claimant | undefined): number | null => claimant?.tree ?? null;
