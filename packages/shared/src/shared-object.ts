/** What values and arrays have in common: an element type, memory, a lock, and being sent as a reference to these. */
import { InvalidStateError, type SyncWaitOptions, type WaitOptions } from '@manycore/core';
import { describe, SHARE, type Block, type BlockRef, type Shareable, type ShareRecord } from '@manycore/core/internal';
import { RLock, type Lock, type Semaphore } from '@manycore/sync';
import type { ElementType } from './element.js';

/** What can guard a value or an array. */
export type SharedLock = Lock | RLock | Semaphore;

/** Options of a `Value` and a `SharedArray`. */
export interface SharedOptions {
  /** The lock that guards it: one of yours, perhaps common to several objects; true (the default) for a new `RLock`; false for none. */
  lock?: SharedLock | boolean | undefined;
}

/** Given to a constructor instead of what users give it, when the object arrives from somewhere else. */
export class Arrived {
  constructor(
    /** A block of this thread, or bytes in a buffer that keeps its block. */
    readonly memory: Block | Uint8Array<ArrayBufferLike>,
    readonly state: ArrivedState,
  ) {}
}

/** What belongs to an object and is not in its block. */
export interface ArrivedState {
  /** An element type's `definition`. */
  readonly type: unknown;
  readonly lock?: SharedLock | undefined;
}

export abstract class SharedObject implements Shareable {
  readonly #lock: SharedLock | undefined;

  protected constructor(
    /** As in messages: `Value`. */
    protected readonly className: string,
    protected readonly elementType: ElementType<unknown>,
    lock: SharedLock | undefined,
  ) {
    this.#lock = lock;
  }

  protected abstract readonly block: BlockRef;

  /** What belongs to the object and is not in its block. */
  protected get sentAlong(): ArrivedState {
    return { type: this.elementType.definition, lock: this.#lock };
  }

  /** How messages begin: `Value('i')`. */
  protected get where(): string {
    return `${this.className}('${this.elementType.name}')`;
  }

  /**
   * The lock that guards this object. It guards nothing by itself: whoever reads and then writes, or reads several elements that belong together, takes it around all of that.
   * @throws InvalidStateError for an object without a lock: a raw one, or one made with `lock: false`.
   * @see Python `get_lock`.
   */
  getLock(): SharedLock {
    if (this.#lock === undefined) throw new InvalidStateError(`${this.where}: it was made without a lock. Make it as a Value or SharedArray, or use a Lock of your own.`);
    return this.#lock;
  }

  /**
   * Calls `fn` while holding the lock of this object, and releases it when `fn` has ended or thrown; resolves with its result. Does not block the event loop. If the holder dies, the lock goes to the next
   * waiter; what it had half written stays (see `abandoned` of the lock).
   * @throws TimeoutError when the timeout passed first; the signal's reason when aborted; InvalidStateError for an object without a lock.
   */
  async withLock<R>(fn: () => R | Promise<R>, options?: WaitOptions): Promise<R> {
    return await this.getLock().withLock(fn, options);
  }

  /** As `withLock`, blocking the thread until the lock is to be had. `fn` must not be async: the lock is released when `fn` returns. */
  withLockSync<R>(fn: () => R, options?: SyncWaitOptions): R {
    return this.getLock().withLockSync(fn, options);
  }

  /** As `withLockSync`, if the lock is to be had now; undefined, without calling `fn`, when it is not. */
  tryWithLock<R>(fn: () => R): R | undefined {
    return this.getLock().tryWithLock(fn);
  }

  [SHARE](): ShareRecord {
    return { type: `manycore.${this.className}`, block: this.block, state: this.sentAlong };
  }
}

/** @param call - how a message begins. @throws TypeError for what is no lock. */
export function lockOf(options: SharedOptions | undefined, call: string): SharedLock | undefined {
  if (options !== undefined && (typeof options !== 'object' || options === null)) throw new TypeError(`${call}: expected an options object, got ${describe(options)}.`);
  const lock = options?.lock ?? true;
  if (typeof lock === 'boolean') return lock ? new RLock() : undefined;
  if (typeof lock.withLockSync === 'function' && typeof lock.release === 'function') return lock;
  throw new TypeError(`${call}: lock must be a Lock, RLock or Semaphore, or a boolean, got ${describe(lock)}.`);
}
