/**
 * `RWLock`: many readers or one writer, over rwlock-state.ts.
 *
 * Block: the words of rwlock-state.ts, then NOTE.. = the note about a writer that died (abandonment.ts), about 22 KB in all: it knows for each thread what it has.
 */
import type { SyncWaitOptions, WaitOptions } from '@manycore/core';
import { registerLockType } from '@manycore/core/internal';
import { erase, holderName, isNoted, note, NOTE_WORDS, read, type Abandoned } from './abandonment.js';
import type { Guard } from './guard.js';
import { ReadSide, WriteSide } from './rwlock-side.js';
import { RWLockState } from './rwlock-state.js';
import { holdersOf, isWriteLocked, READ_QUEUE, RWLOCK_WORDS, WRITE_QUEUE } from './rwlock-words.js';
import { mustBeFunction, Primitive, registerPrimitive, type Arrived } from './shared/primitive.js';
import { SharedState } from './shared/state.js';

const TYPE = 'manycore.RWLock';
const NOTE = RWLOCK_WORDS;
const BYTES = (NOTE + NOTE_WORDS) * 4;

registerPrimitive(TYPE, import.meta.url, (arrived) => new RWLock(arrived));
registerLockType(TYPE, { holders: holdersOf, queues: [READ_QUEUE, WRITE_QUEUE], isExclusive: isWriteLocked });

/**
 * A lock that any number of readers have together, or one writer alone, between any processes and threads of one tree; hand it to them like any value.
 *
 * Fairness: new readers wait while a writer waits; when a writer releases, the readers that wait at that moment come in before the next writer. So neither kind starves. Within one event
 * loop writers are served as they came; between threads the lock is kept for a writer that has waited for a millisecond, or an event loop for ten. A turn that its thread does not use for 50 ms, because it is busy or blocked, is lost to others.
 *
 * Ownership: a read lock is released by the thread that acquired it; the write lock by any, as of `Lock`. Read locks of one thread nest: one that has a read lock gets another without
 * waiting for writers in the blocking form, and in the promise form inside of `withRead`. Nested elsewhere it may deadlock with a writer that came between. The write lock does not nest.
 *
 * There is no upgrade: asking to write while reading would wait for itself, and throws `LockError` where that is certain: in the blocking and try forms when this thread has a read lock, in
 * the promise form inside of `withRead` of the same async call tree, awaited or not. And no downgrade: release the one, acquire the other.
 *
 * Death: read locks of a thread that died, or ended without releasing, are gone; so is its place among those who wait. A writer's lock passes on, and `abandoned` says who it was.
 *
 * Memory: what was written before `releaseWrite()` is visible after the `acquireRead()` or `acquireWrite()` that follows it.
 *
 * @example
 * const lock = new RWLock();
 * const price = await lock.withRead(() => table.get('price'));
 * await lock.withWrite(() => table.set('price', price + 1));
 *
 * Python has none. The rules follow Java's ReentrantReadWriteLock where they can.
 */
export class RWLock extends Primitive {
  readonly #state: RWLockState;
  readonly #read: ReadSide;
  readonly #write: WriteSide;

  /** @throws OutOfMemoryError when the session's budget is used up. */
  constructor();
  /** @internal */
  constructor(arrived: Arrived);
  constructor(arrived?: Arrived) {
    super(TYPE, arrived?.block ?? BYTES);
    const { words, block } = this;
    const holders = (): string => this.#holders();
    this.#state = new RWLockState(new SharedState(words, this.kernel), (owner) => note(words, NOTE, owner, this.session));
    this.#read = new ReadSide(TYPE, block, 'Read', this.#state, holders);
    this.#write = new WriteSide(TYPE, block, 'Write', this.#state, holders);
  }

  /**
   * Takes a read lock, waiting while somebody writes or waits to write. Does not block the event loop.
   * @returns true when it is ours, false when the timeout passed first.
   * @throws the signal's reason when aborted; TypeError for bad options.
   */
  acquireRead(options?: WaitOptions): Promise<boolean> {
    return this.#read.acquire(options);
  }

  /** As `acquireRead`, blocking the thread: with it its event loop, its timers and its signal handlers. */
  acquireReadSync(options?: SyncWaitOptions): boolean {
    return this.#read.acquireSync(options);
  }

  /** Takes a read lock if nobody writes or waits to write, the dead aside. Never waits. */
  tryAcquireRead(): boolean {
    return this.#read.tryAcquire();
  }

  /** Gives a read lock of this thread up. Does not block. @throws LockError when this thread has none. */
  releaseRead(): void {
    this.#read.release();
  }

  /** As `acquireRead`, giving a guard that releases: `using held = await lock.holdRead()`. @throws TimeoutError when the timeout passed first. */
  holdRead(options?: WaitOptions): Promise<Guard> {
    return this.#read.hold(options);
  }

  /** As `acquireReadSync`, giving a guard that releases. @throws TimeoutError when the timeout passed first. */
  holdReadSync(options?: SyncWaitOptions): Guard {
    return this.#read.holdSync(options);
  }

  /** As `tryAcquireRead`, giving a guard that releases, or undefined when it was not to be had. */
  tryHoldRead(): Guard | undefined {
    return this.#read.tryHold();
  }

  /** Calls `fn` while holding a read lock, and releases it when `fn` has ended or thrown; resolves with its result. @throws TimeoutError when the timeout passed first. */
  async withRead<R>(fn: () => R | Promise<R>, options?: WaitOptions): Promise<R> {
    return this.#read.withLock(fn, options);
  }

  /** Calls `fn` while holding a read lock; blocks the thread until it is to be had. `fn` must not be async: it is released when `fn` returns. */
  withReadSync<R>(fn: () => R, options?: SyncWaitOptions): R {
    mustBeFunction(fn, 'RWLock.withReadSync');
    return this.#read.withLockSync(fn, options);
  }

  /** Calls `fn` while holding a read lock if it is to be had now; undefined, without calling it, when it is not. */
  tryWithRead<R>(fn: () => R): R | undefined {
    mustBeFunction(fn, 'RWLock.tryWithRead');
    return this.#read.tryWithLock(fn);
  }

  /**
   * Takes the write lock, waiting while somebody reads or writes. Does not block the event loop.
   * @returns true when it is ours, false when the timeout passed first.
   * @throws LockError inside of `withRead`; the signal's reason when aborted; TypeError for bad options.
   */
  acquireWrite(options?: WaitOptions): Promise<boolean> {
    return this.#write.acquire(options);
  }

  /** As `acquireWrite`, blocking the thread. @throws LockError when this thread has a read lock. */
  acquireWriteSync(options?: SyncWaitOptions): boolean {
    return this.#write.acquireSync(options);
  }

  /** Takes the write lock if nobody reads or writes, the dead aside, and it is no reader's turn. Never waits. @throws LockError when this thread has a read lock. */
  tryAcquireWrite(): boolean {
    return this.#write.tryAcquire();
  }

  /** Gives the write lock up and lets those in whose turn it is. Does not block. Any process or thread may do it. @throws LockError when nobody has it. */
  releaseWrite(): void {
    this.#write.release();
  }

  /** As `acquireWrite`, giving a guard that releases: `using held = await lock.holdWrite()`. @throws TimeoutError when the timeout passed first. */
  holdWrite(options?: WaitOptions): Promise<Guard> {
    return this.#write.hold(options);
  }

  /** As `acquireWriteSync`, giving a guard that releases. @throws TimeoutError when the timeout passed first. */
  holdWriteSync(options?: SyncWaitOptions): Guard {
    return this.#write.holdSync(options);
  }

  /** As `tryAcquireWrite`, giving a guard that releases, or undefined when it was not to be had. */
  tryHoldWrite(): Guard | undefined {
    return this.#write.tryHold();
  }

  /** Calls `fn` while holding the write lock, and releases it when `fn` has ended or thrown; resolves with its result. @throws TimeoutError when the timeout passed first. */
  async withWrite<R>(fn: () => R | Promise<R>, options?: WaitOptions): Promise<R> {
    mustBeFunction(fn, 'RWLock.withWrite');
    return this.#write.withLock(fn, options);
  }

  /** Calls `fn` while holding the write lock; blocks the thread until it is to be had. `fn` must not be async: it is released when `fn` returns. */
  withWriteSync<R>(fn: () => R, options?: SyncWaitOptions): R {
    mustBeFunction(fn, 'RWLock.withWriteSync');
    return this.#write.withLockSync(fn, options);
  }

  /** Calls `fn` while holding the write lock if it is to be had now; undefined, without calling it, when it is not. */
  tryWithWrite<R>(fn: () => R): R | undefined {
    mustBeFunction(fn, 'RWLock.tryWithWrite');
    return this.#write.tryWithLock(fn);
  }

  /** How many read locks are held at this moment, those of the dead not counted. */
  get readers(): number {
    if (this.#state.reading !== 0) this.#state.sweep();
    return this.#state.reading;
  }

  /** Whether somebody living has the write lock at this moment. */
  writeLocked(): boolean {
    if (this.#state.writer !== 0) this.#state.sweep();
    return this.#state.writer !== 0;
  }

  /** Who died holding the write lock, while nobody has called `recover()` since; null when all is well. What the lock guards may be half changed. */
  get abandoned(): Abandoned | null {
    return read(this.words, NOTE);
  }

  /** Says that what the lock guards was checked or repaired: `abandoned` is null again. */
  recover(): void {
    erase(this.words, NOTE);
  }

  protected describe(): string {
    return `${this.#holders()}${isNoted(this.words, NOTE) ? ', abandoned' : ''}`;
  }

  /** `free`, `read by …` or `written by …`, and who waits. */
  #holders(): string {
    const { readers, writer, readersWaiting, writersWaiting } = this.#state.snapshot();
    const who = (owner: number): string => holderName(owner, this.session, this.kernel) ?? 'nobody';
    const parts = [
      writer !== 0
        ? `written by ${who(writer)}`
        : readers.length === 0
          ? 'free'
          : `read by ${readers.map(({ owner, held }) => `${who(owner)}${held === 1 ? '' : `: ${held} times`}`).join('; ')}`,
    ];
    if (readersWaiting > 0) parts.push(`${readersWaiting} waiting to read`);
    if (writersWaiting > 0) parts.push(`${writersWaiting} waiting to write`);
    return parts.join(', ');
  }
}
