/** What proxies of everything that can be acquired and released have in common. */
import { TimeoutError, type WaitOptions } from '@manycore/core';
import { deadlineOf } from '@manycore/core/internal';
import { RemoteObject } from '../remote-object.js';
import { mustBeFunction } from './arguments.js';
import { RemoteGuard } from './remote-guard.js';

export abstract class LockableProxy<T = unknown> extends RemoteObject<T> {
  /** For messages: `Lock`. */
  protected abstract readonly name: string;

  /**
   * Takes it, or waits while it is not to be had; first come, first served.
   * @returns true when it is ours, false when the timeout passed first.
   * @throws the signal's reason when aborted: then nothing was taken; ManagerError when the server is gone; TypeError for bad options.
   */
  async acquire(options?: WaitOptions): Promise<boolean> {
    deadlineOf(options, `${this.name}.acquire`);
    return this.call('acquire', options === undefined ? [] : [options]);
  }

  /** Takes it if it is to be had now. */
  tryAcquire(): Promise<boolean> {
    return this.call('tryAcquire');
  }

  /** Gives it up; the first that waits has it. @throws LockError when nobody, or the wrong one, has it. */
  async release(): Promise<void> {
    await this.call('release');
  }

  /** Whether it cannot be had at this moment. */
  locked(): Promise<boolean> {
    return this.call('locked');
  }

  /** As `acquire`, giving a guard that releases: `await using held = await lock.hold()`. @throws TimeoutError when the timeout passed first. */
  async hold(options?: WaitOptions): Promise<RemoteGuard> {
    deadlineOf(options, `${this.name}.hold`);
    if (!(await this.acquire(options))) throw await this.tooLate('hold', options);
    return new RemoteGuard(() => this.release());
  }

  /** Calls `fn`, here, while holding it, and releases it when `fn` has ended or thrown; resolves with its result. @throws TimeoutError when the timeout passed first. */
  async withLock<R>(fn: () => R | Promise<R>, options?: WaitOptions): Promise<R> {
    mustBeFunction(fn, `${this.name}.withLock`);
    deadlineOf(options, `${this.name}.withLock`);
    if (!(await this.acquire(options))) throw await this.tooLate('withLock', options);
    return callAndRelease(fn, () => this.release());
  }

  protected async tooLate(call: string, options: WaitOptions | undefined): Promise<TimeoutError> {
    return new TimeoutError(`${this.name}.${call}: not to be had within ${options?.timeout} ms; held by ${await this.call<string>('holder')}.`);
  }
}

/** The error of `fn` is what counts, when releasing fails too. */
export async function callAndRelease<R>(fn: () => R | Promise<R>, release: () => Promise<unknown>): Promise<R> {
  let result: R;
  try {
    result = await fn();
  } catch (error) {
    await Promise.allSettled([release()]);
    throw error;
  }
  await release();
  return result;
}
