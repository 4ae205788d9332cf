/**
 * The referent of a `Barrier`.
 *
 * A generation is one filling of the barrier, from its first arrival until it completes, breaks or is reset. Each party waits in its own generation, so the next one fills at once. The action
 * runs in the server, once, when the last party has come; who comes while it runs has not arrived, and waits for its end first. A client that dies between its arrival and the end of its generation
 * breaks the barrier. Nothing else can be left behind.
 */
import type { WaitOptions } from '@manycore/core';
import { deadlineOf, type Deadline } from '@manycore/core/internal';
import { BrokenBarrierError } from '@manycore/sync';
import { caller, type CallerClient } from '../server/caller.js';
import { mustBeFunction, optionsOf, wholeNumber } from './arguments.js';
import { nameOf } from './caller-name.js';
import { WaitList } from './wait-list.js';

export interface BarrierReferentOptions {
  /** For every wait that has no timeout of its own: milliseconds. Default: for ever. */
  readonly timeout?: number | undefined;
}

/** One filling of the barrier. */
class Generation {
  arrived = 0;
  isOver = false;
  /** Those who wait for others to come; each is given its index. */
  readonly waiters = new WaitList<number, number>();
}

const UNTIL_RESET = 'It stays broken until barrier.reset().';

/** Lets a number of parties wait, in the memory of the server, until all of them have come. */
export class BarrierReferent {
  readonly #parties: number;
  readonly #action: (() => unknown) | undefined;
  readonly #timeout: number | undefined;
  readonly #entry = new WaitList<undefined, true>();
  #generation = new Generation();
  #isActing = false;
  /** Why it is broken. */
  #broken: BrokenBarrierError | undefined;

  /** @param action - run in the server each time all have come, before anybody goes on. */
  constructor(parties: number, options?: BarrierReferentOptions | null, action?: () => unknown) {
    this.#parties = wholeNumber(parties, 'Barrier: parties', 1);
    const { timeout } = optionsOf(options ?? undefined, 'Barrier');
    if (action !== undefined) mustBeFunction(action, 'Barrier: action');
    deadlineOf({ timeout }, 'Barrier');
    this.#action = action;
    this.#timeout = timeout;
  }

  parties(): number {
    return this.#parties;
  }

  /** How many wait for others to come. */
  nWaiting(): number {
    return this.#isActing ? 0 : this.#generation.arrived;
  }

  broken(): boolean {
    return this.#broken !== undefined;
  }

  /** @returns the order of arrival, from 0. @throws BrokenBarrierError; of the last party, what the action throws. */
  async wait(options?: WaitOptions): Promise<number> {
    const own = deadlineOf(options, 'Barrier.wait');
    const deadline = options?.timeout === undefined ? deadlineOf({ timeout: this.#timeout }, 'Barrier.wait') : own;
    const { client, signal } = caller();
    while (this.#isActing) {
      if ((await this.#entry.wait(undefined, deadline, signal)) === undefined) this.#break(`broken, because the timeout of a wait passed (${nameOf(client)}). ${UNTIL_RESET}`);
    }
    if (this.#broken !== undefined) throw this.#again(this.#broken);
    const generation = this.#generation;
    const index = generation.arrived++;
    if (generation.arrived < this.#parties) return this.#waitIn(generation, index, client, deadline, signal);
    if (this.#action === undefined) this.#complete(generation);
    else await unlessAborted(this.#act(generation, client), signal);
    return index;
  }

  /** Breaks the barrier until `reset()`. */
  abort(): void {
    this.#break(`broken by abort() (${nameOf(caller().client)}). ${UNTIL_RESET}`);
  }

  /** Makes the barrier usable, broken or not. Who waits gets a BrokenBarrierError. */
  reset(): void {
    this.#end(this.#generation, `reset() was called before all parties had come (${nameOf(caller().client)}).`);
    this.#broken = undefined;
  }

  async #waitIn(generation: Generation, index: number, client: CallerClient, deadline: Deadline, signal: AbortSignal): Promise<number> {
    const leaves = (why: string): void => {
      if (!generation.isOver) this.#break(`broken, because ${why} ${UNTIL_RESET}`);
    };
    const forget = client.holds(() => leaves(`a party died that had come: ${nameOf(client)}.`));
    try {
      const given = await generation.waiters.wait(index, deadline, signal);
      if (given !== undefined) return given;
      leaves(`the timeout of a wait passed (${nameOf(client)}).`);
      throw this.#again(this.#broken!);
    } catch (error) {
      if (signal.aborted) leaves(`a wait was aborted by its signal (${nameOf(client)}).`);
      throw error;
    } finally {
      forget();
    }
  }

  async #act(generation: Generation, client: CallerClient): Promise<void> {
    this.#isActing = true;
    try {
      await this.#action!();
      this.#complete(generation);
    } catch (error) {
      if (!generation.isOver) this.#break(`broken, because the action failed (${nameOf(client)}), which got its error. ${UNTIL_RESET}`);
      throw error;
    } finally {
      this.#isActing = false;
      for (const waiter of this.#entry) waiter.give(true);
    }
  }

  /** All have come. Does nothing when it broke meanwhile: then the last party finds that out as well. */
  #complete(generation: Generation): void {
    if (generation.isOver) throw this.#again(this.#broken ?? new BrokenBarrierError('Barrier: reset() was called while the action ran.'));
    generation.isOver = true;
    this.#generation = new Generation();
    for (const waiter of generation.waiters) waiter.give(waiter.what);
  }

  #break(why: string): void {
    this.#broken ??= new BrokenBarrierError(`Barrier: ${why}`);
    this.#end(this.#generation, why);
  }

  #end(generation: Generation, why: string): void {
    generation.isOver = true;
    this.#generation = new Generation();
    for (const waiter of generation.waiters) waiter.fail(new BrokenBarrierError(`Barrier: ${why}`));
  }

  /** Each call throws an error of its own. */
  #again({ message }: BrokenBarrierError): BrokenBarrierError {
    return new BrokenBarrierError(message);
  }
}

/** The promise, or the signal's reason if it is aborted first. */
function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason as Error);
    signal.addEventListener('abort', onAbort, { once: true });
    void promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
