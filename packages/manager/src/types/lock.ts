/** The referent of a `Lock`. */
import type { WaitOptions } from '@manycore/core';
import { LockError } from '@manycore/sync';
import { claimantOf, Exclusion, type CallContext, type Claimant, type ExclusionOptions } from './exclusion.js';

/** A lock in the memory of the server, between its clients. Not reentrant; any client may release it. */
export class LockReferent extends Exclusion {
  constructor(options?: ExclusionOptions) {
    super('Lock', options);
  }

  acquire(options?: WaitOptions): boolean | Promise<boolean> {
    const taken = this.take(options, 'acquire');
    return taken instanceof Promise ? taken.then(isTaken) : isTaken(taken);
  }

  tryAcquire(): boolean {
    return isTaken(this.takeNow(claimantOf(undefined, 'Lock.tryAcquire')));
  }

  /** @returns true: it was given up. @throws LockError when nobody has the lock. */
  release(): boolean {
    if (!this.locked()) throw new LockError('Lock.release: the lock is not held. It was released more often than acquired, or its holder died and it was released by another.');
    return this.leave();
  }

  protected override mayReenter(): boolean {
    return false;
  }

  /** Of a lock that any task of a thread may release, the thread is the owner. */
  override isOwnedBy(claimant: Claimant & CallContext): boolean {
    return this.ownerFor(claimant, (owner, { client }) => owner.client === client) !== undefined;
  }
}

const isTaken = (claimant: Claimant | undefined): boolean => claimant !== undefined;
