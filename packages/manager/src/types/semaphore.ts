/**
 * The referent of a `Semaphore` and a `BoundedSemaphore`: permits, who waits for them, and, if it is robust, who has how many.
 *
 * A released permit goes to the first waiter. When a client dies, its waiters leave; of a robust semaphore its permits come back, of another they are lost, as in Python.
 */
import type { WaitOptions } from '@manycore/core';
import { deadlineOf } from '@manycore/core/internal';
import { LockError, type SemaphoreOptions } from '@manycore/sync';
import { caller, type CallerClient } from '../server/caller.js';
import { flagOf, optionsOf, wholeNumber } from './arguments.js';
import { nameOf } from './caller-name.js';
import { WaitList } from './wait-list.js';

const MOST_PERMITS = 2 ** 31 - 1;

/** Permits that a client has. */
interface Holding {
  count: number;
  readonly forget: () => void;
}

/** A counter of permits in the memory of the server, between its clients. Nobody owns a permit: any client may release. */
export class SemaphoreReferent {
  #value: number;
  readonly #waiters = new WaitList<CallerClient, true>();
  readonly #isRobust: boolean;
  /** Of a robust one. */
  readonly #holdings = new Map<CallerClient, Holding>();

  constructor(
    value = 1,
    options?: SemaphoreOptions,
    protected readonly name = 'Semaphore',
    protected readonly isBounded = false,
  ) {
    this.#value = wholeNumber(value, `${name}: value`, 0);
    this.most = isBounded ? this.#value : MOST_PERMITS;
    this.#isRobust = flagOf(optionsOf(options, name).robust, `${name}: robust`);
  }

  protected readonly most: number;

  acquire(options?: WaitOptions): boolean | Promise<boolean> {
    const deadline = deadlineOf(options, `${this.name}.acquire`);
    if (this.tryAcquire()) return true;
    if (deadline === -Infinity) return false;
    const { client, signal } = caller();
    return this.#waiters.wait(client, deadline, signal).then((given) => given === true);
  }

  tryAcquire(): boolean {
    if (this.#value === 0) return false;
    this.#value--;
    if (this.#isRobust) this.#note(caller().client);
    return true;
  }

  /** @throws LockError when there would be more than 2147483647, of a bounded one more than at first; nothing is changed. */
  release(n = 1): void {
    wholeNumber(n, `${this.name}.release: n`, 1);
    if (this.#value + n > this.most) {
      throw new LockError(
        this.isBounded
          ? `${this.name}.release: there would be more than the ${this.most} permit${this.most === 1 ? '' : 's'} it was made with. It was released more often than acquired; nothing was changed.`
          : `${this.name}.release: there would be more than ${MOST_PERMITS} permits. Nothing was changed.`,
      );
    }
    if (this.#isRobust) this.#takeOff(caller().client, n);
    this.#give(n);
  }

  getValue(): number {
    return this.#value;
  }

  locked(): boolean {
    return this.#value === 0;
  }

  /** Who has permits, as far as it is known: for messages. */
  holder(): string {
    return this.#holdings.size === 0 ? 'others' : [...this.#holdings].map(([client, { count }]) => `${nameOf(client)}${count === 1 ? '' : `: ${count}`}`).join('; ');
  }

  #give(n: number): void {
    this.#value += n;
    for (const waiter of this.#waiters) {
      if (this.#value === 0) return;
      this.#value--;
      if (this.#isRobust) this.#note(waiter.what);
      waiter.give(true);
    }
  }

  #note(client: CallerClient): void {
    const holding = this.#holdings.get(client);
    if (holding !== undefined) holding.count++;
    else this.#holdings.set(client, { count: 1, forget: client.holds(() => this.#bringBack(client)) });
  }

  #bringBack(client: CallerClient): void {
    const holding = this.#holdings.get(client);
    if (holding === undefined) return;
    this.#holdings.delete(client);
    this.#give(holding.count);
  }

  /** What a client gives beyond what it has is taken off others, those that have had permits for longest first: whose permit it was is not known. */
  #takeOff(client: CallerClient, n: number): void {
    let left = n;
    for (const from of [client, ...this.#holdings.keys()]) {
      const holding = this.#holdings.get(from);
      if (left === 0 || holding === undefined) continue;
      const taken = Math.min(left, holding.count);
      left -= taken;
      holding.count -= taken;
      if (holding.count > 0) continue;
      this.#holdings.delete(from);
      holding.forget();
    }
  }
}

/** A semaphore that never has more permits than it was made with. */
export class BoundedSemaphoreReferent extends SemaphoreReferent {
  constructor(value?: number, options?: SemaphoreOptions) {
    super(value, options, 'BoundedSemaphore', true);
  }
}
