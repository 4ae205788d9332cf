/** What everything that can be acquired and released has in common: guards and calls of a function, in three forms. */
import { TimeoutError, type SyncWaitOptions, type WaitOptions } from '@manycore/core';
import { Guard } from '../guard.js';
import { mustBeFunction, Primitive } from './primitive.js';

export abstract class Lockable extends Primitive {
  abstract acquire(options?: WaitOptions): Promise<boolean>;
  abstract acquireSync(options?: SyncWaitOptions): boolean;
  abstract tryAcquire(): boolean;
  abstract release(): void;

  /** Who has it, for the message of a timeout: `Process-1 (pid 12)`. */
  protected abstract get holder(): string;

  /** As `acquire`, giving a guard that releases: `using held = await lock.hold()`. @throws TimeoutError when the timeout passed first. */
  async hold(options?: WaitOptions): Promise<Guard> {
    if (!(await this.acquire(options))) throw this.tooLate('hold', options);
    return this.guard();
  }

  /** As `acquireSync`, giving a guard that releases. @throws TimeoutError when the timeout passed first. */
  holdSync(options?: SyncWaitOptions): Guard {
    if (!this.acquireSync(options)) throw this.tooLate('holdSync', options);
    return this.guard();
  }

  /** As `tryAcquire`, giving a guard that releases, or undefined when it was not to be had. */
  tryHold(): Guard | undefined {
    return this.tryAcquire() ? this.guard() : undefined;
  }

  /** Calls `fn` while holding it, and releases it when `fn` has ended or thrown; resolves with its result. @throws TimeoutError when the timeout passed first. */
  async withLock<R>(fn: () => R | Promise<R>, options?: WaitOptions): Promise<R> {
    if (typeof fn !== 'function') mustBeFunction(fn, `${this.name}.withLock`);
    using _held = await this.hold(options);
    return await fn();
  }

  /** Calls `fn` while holding it; blocks the thread until it is to be had. `fn` must not be async: it is released when `fn` returns. */
  withLockSync<R>(fn: () => R, options?: SyncWaitOptions): R {
    if (typeof fn !== 'function') mustBeFunction(fn, `${this.name}.withLockSync`);
    // Without a guard: it would cost as much again as the lock.
    if (!this.acquireSync(options)) throw this.tooLate('withLockSync', options);
    return this.#callAndRelease(fn);
  }

  /** Calls `fn` while holding it if it is to be had now; undefined, without calling it, when it is not. */
  tryWithLock<R>(fn: () => R): R | undefined {
    if (typeof fn !== 'function') mustBeFunction(fn, `${this.name}.tryWithLock`);
    return this.tryAcquire() ? this.#callAndRelease(fn) : undefined;
  }

  #callAndRelease<R>(fn: () => R): R {
    try {
      return fn();
    } finally {
      this.release();
    }
  }

  protected guard(): Guard {
    return new Guard(() => this.release());
  }

  protected tooLate(call: string, options: SyncWaitOptions | undefined): TimeoutError {
    return new TimeoutError(`${this.name}.${call}: not to be had within ${options?.timeout} ms; held by ${this.holder}.`);
  }
}
