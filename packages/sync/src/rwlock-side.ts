/** The two locks of a `RWLock`, each with what everything that can be acquired has. They are views of one block and are not sent themselves. */
import type { SyncWaitOptions, TimeoutError, WaitOptions } from '@manycore/core';
import { deadlineOf, HAND_OVER_LOOP_MS, HAND_OVER_MS, type Block } from '@manycore/core/internal';
import { LockError } from './errors.js';
import { inScope, isInScope } from './read-scope.js';
import { RWWaiter, type RWLockState } from './rwlock-state.js';
import { READ_QUEUE, WRITE_QUEUE } from './rwlock-words.js';
import { Lockable } from './shared/lockable.js';
import { Place } from './shared/place.js';
import { mustBeFunction } from './shared/primitive.js';

/** Takes the lock if that is possible now; else registers the waiter. */
type Enter = (waiter: RWWaiter | undefined, lookForDead: boolean) => true | undefined;

abstract class Side extends Lockable {
  protected abstract readonly place: Place;

  constructor(
    type: string,
    block: Block,
    readonly kind: 'Read' | 'Write',
    readonly state: RWLockState,
    /** For messages: who has the lock. */
    readonly holders: () => string,
  ) {
    super(type, block);
  }

  /** How this call enters. @throws LockError when it would wait for itself. */
  protected abstract entering(call: string, form: 'promise' | 'blocking' | 'try'): Enter;
  protected abstract leave(waiter: RWWaiter): void;

  async acquire(options?: WaitOptions): Promise<boolean> {
    const call = `acquire${this.kind}`;
    const deadline = deadlineOf(options, `RWLock.${call}`);
    const signal = options?.signal;
    signal?.throwIfAborted();
    const enter = this.entering(call, 'promise');
    if (deadline === -Infinity) return tryTwice(enter);
    const waiter = new RWWaiter(HAND_OVER_LOOP_MS);
    try {
      return enter(waiter, false) ?? (await this.place.wait((lookForDead) => enter(waiter, lookForDead), deadline, signal)) ?? false;
    } finally {
      this.leave(waiter);
    }
  }

  acquireSync(options?: SyncWaitOptions): boolean {
    const call = `acquire${this.kind}Sync`;
    const deadline = deadlineOf(options, `RWLock.${call}`);
    const enter = this.entering(call, 'blocking');
    if (deadline === -Infinity) return tryTwice(enter);
    const waiter = new RWWaiter(HAND_OVER_MS);
    try {
      return this.place.waitBlocked((lookForDead) => enter(waiter, lookForDead), deadline) ?? false;
    } finally {
      this.leave(waiter);
    }
  }

  tryAcquire(): boolean {
    return tryTwice(this.entering(`tryAcquire${this.kind}`, 'try'));
  }

  protected override get holder(): string {
    return this.holders();
  }

  protected override tooLate(call: string, options: SyncWaitOptions | undefined): TimeoutError {
    return super.tooLate(call.replace('hold', `hold${this.kind}`), options);
  }

  protected override describe(): string {
    return this.holders();
  }
}

/** The dead are looked for before it is refused. */
const tryTwice = (enter: Enter): boolean => enter(undefined, false) ?? enter(undefined, true) ?? false;

export class ReadSide extends Side {
  protected readonly place = new Place(this.session, this.words, READ_QUEUE, () => this.state.writer === 0);

  release(): void {
    if (this.state.releaseRead()) return;
    throw new LockError('RWLock.releaseRead: this thread has no read lock. It was released more often than acquired, or acquired by another thread: only that one can release it.');
  }

  override async withLock<R>(fn: () => R | Promise<R>, options?: WaitOptions): Promise<R> {
    mustBeFunction(fn, 'RWLock.withRead');
    using _held = await this.hold(options);
    return await inScope(this.block.id, fn);
  }

  protected override entering(_call: string, form: 'promise' | 'blocking' | 'try'): Enter {
    // Who reads already would wait for a writer that waits for it: certain of a thread that blocks, and of a task inside of `withRead`.
    const insists = isInScope(this.block.id) || (form === 'blocking' && this.state.isReading);
    return (waiter, lookForDead) => this.state.enterRead(waiter, insists, lookForDead);
  }

  protected override leave(waiter: RWWaiter): void {
    this.state.leaveRead(waiter);
  }
}

export class WriteSide extends Side {
  protected readonly place = new Place(this.session, this.words, WRITE_QUEUE, () => this.state.writer === 0 && this.state.reading === 0);

  release(): void {
    if (this.state.releaseWrite()) return;
    throw new LockError('RWLock.releaseWrite: nobody has the write lock. It was released more often than acquired, or its holder died.');
  }

  protected override entering(call: string, form: 'promise' | 'blocking' | 'try'): Enter {
    // Another task of this thread may read, and end: of a promise it is certain only inside of `withRead`.
    if (isInScope(this.block.id) || (form !== 'promise' && this.state.isReading)) {
      const who = form === 'promise' ? 'this is called inside of withRead' : 'this thread has a read lock';
      throw new LockError(`RWLock.${call}: ${who}, and a writer waits until nobody reads: it would wait for itself. Release the read lock first; then check again what was read.`);
    }
    return (waiter, lookForDead) => this.state.enterWrite(waiter, form === 'promise', lookForDead);
  }

  protected override leave(waiter: RWWaiter): void {
    this.state.leaveWrite(waiter);
  }
}
