/**
 * `Barrier`: so many parties wait for each other. The state and what a kill leaves is in barrier-state.ts.
 *
 * A wait is: arrive (if the action of the generation before runs at present, first wait until it is over), then run the action, or wait until the generation has ended. Promises wait for
 * the one at ENTRY and for the other at EXIT; those at EXIT are served in the order in which they came, and so by generation: none waits behind one of a later generation.
 */
import type { SyncWaitOptions, WaitOptions } from '@manycore/core';
import { deadlineOf, describe, MOST_LOADS, MOST_LOADS_ASYNC, newPatience, registerLockType, spinFor, waitBlocked, type Deadline, type Spinner, type TargetName } from '@manycore/core/internal';
import { holderName } from './abandonment.js';
import { Action, type BarrierAction } from './barrier-action.js';
import { BARRIER_WORDS, BarrierState, Break, ENTRY, EXIT, Reason, type Outcome, type Ticket } from './barrier-state.js';
import { BrokenBarrierError } from './errors.js';
import { Arrived, Primitive, registerPrimitive, wholeNumber } from './shared/primitive.js';

const TYPE = 'manycore.Barrier';
const BYTES = BARRIER_WORDS * 4;

/** Options of a `Barrier`. */
export interface BarrierOptions {
  /** Run once each time the barrier is complete, by the party that came last, before anybody goes on; a function that another process can find, or `inline()`. Default: none. */
  action?: BarrierAction | undefined;
  /** For every wait that has no timeout of its own: milliseconds. Default: for ever. */
  timeout?: number | undefined;
}

/** What belongs to a barrier and is not in its block. */
interface SentAlong {
  readonly action?: TargetName | undefined;
  readonly timeout?: number | undefined;
}

registerPrimitive(TYPE, import.meta.url, (arrived) => new Barrier(arrived));
registerLockType(TYPE, { holders: () => [], queues: [ENTRY, EXIT] });

/**
 * Lets a number of parties, in any processes and threads, wait until all of them have come. It can be used again and again.
 *
 * One party that cannot be counted on any more breaks the barrier for all: a wait that timed out or was aborted, a process that died while it waited, an action that threw, `abort()`.
 * Then those who wait, and those who come later, get a BrokenBarrierError, until `reset()`.
 *
 * Who comes when the barrier is complete belongs to the next round at once; while the action runs it waits for that to end first.
 *
 * Memory: what any party wrote before its `wait` is visible to the action and to every party after its `wait`; so is what the action wrote.
 *
 * @example
 * const barrier = new Barrier(3);
 * for (let i = 0; i < 3; i++) new Process({ target: work, args: [barrier] }).start();
 * // in each: if ((await barrier.wait()) === 0) console.log('all are here');
 *
 * @see Python `multiprocessing.Barrier`. Differs: milliseconds; a promise form; can be sent at any time; breaks when a party dies.
 */
export class Barrier extends Primitive {
  readonly #state: BarrierState;
  readonly #action: Action | undefined;
  readonly #timeout: number | undefined;
  readonly #patience = newPatience(MOST_LOADS);
  readonly #asyncPatience = newPatience(MOST_LOADS_ASYNC);

  /**
   * @param parties - how many have to wait: at least 1.
   * @throws TypeError, RangeError for bad arguments; TargetError when no other process could find the action; OutOfMemoryError when the session's budget is used up.
   */
  constructor(parties: number, options?: BarrierOptions);
  /** @internal */
  constructor(arrived: Arrived);
  constructor(parties: number | Arrived, options: BarrierOptions = {}) {
    if (parties instanceof Arrived) {
      const { action, timeout } = (parties.state ?? {}) as SentAlong;
      super(TYPE, parties.block);
      this.#action = action === undefined ? undefined : Action.named(action);
      this.#timeout = timeout;
    } else {
      const count = wholeNumber(parties, 'Barrier: parties', 1);
      if (typeof options !== 'object' || options === null) throw new TypeError(`Barrier: expected an options object, got ${describe(options)}.`);
      const { action, timeout } = options;
      deadlineOf({ timeout }, 'Barrier');
      const named = action === undefined ? undefined : Action.of(action);
      super(TYPE, BYTES);
      this.#action = named;
      this.#timeout = timeout;
      BarrierState.create(this.words, count);
    }
    this.#state = new BarrierState(this.words, this.kernel);
  }

  /** How many have to wait. Python: `Barrier.parties`. */
  get parties(): number {
    return this.#state.parties;
  }

  /** How many wait at this moment for others to come; 0 once all have. Python: `Barrier.n_waiting`. */
  get nWaiting(): number {
    return this.#state.peek().waiting;
  }

  /** Whether the barrier is broken, until `reset()`. The death of a party that waits shows at once. Python: `Barrier.broken`. */
  get broken(): boolean {
    return this.#state.peek().isBroken;
  }

  /**
   * Waits until all parties have come. Does not block the event loop.
   *
   * The last to come runs the action and waits for its end if it is async; an error of it rejects this wait, and the others get a BrokenBarrierError. A timeout does not limit the own
   * action; an abort leaves it to itself.
   *
   * @param options.timeout - milliseconds; absent: the timeout of the barrier. When it passes, the barrier breaks; 0 or negative: it breaks unless this party is the last.
   * @returns a number from 0 to `parties - 1`, another for each party: the order in which they came.
   * @throws BrokenBarrierError when the barrier is broken, breaks, is reset, or the timeout passed; the signal's reason when aborted, which breaks the barrier for the others if this
   * party had come; TypeError for bad options.
   */
  async wait(options?: WaitOptions): Promise<number> {
    const deadline = this.#deadline(options, 'Barrier.wait');
    const signal = options?.signal;
    signal?.throwIfAborted();
    const { waits } = this.session;
    const ticket = this.#enter(false) ?? (await waits.wait(this.words, ENTRY, (lookForDead) => this.#enter(lookForDead), deadline, signal)) ?? this.#late();
    try {
      signal?.throwIfAborted();
      if (ticket.mustAct) return await unlessAborted(this.#act(ticket), signal);
      if (deadline !== -Infinity) spinFor(() => this.#state.isOver(ticket.generation), this.#asyncPatience);
      const attempt = (lookForDead: boolean): Outcome | undefined => this.#state.outcome(ticket, lookForDead);
      const outcome = attempt(false) ?? (await waits.wait(this.words, EXIT, attempt, deadline, signal));
      return this.#unwrap(outcome ?? this.#state.fail(ticket, Reason.Timeout));
    } catch (error) {
      // Does nothing when the generation is over.
      if (signal?.aborted === true) this.#state.fail(ticket, Reason.Left);
      throw error;
    }
  }

  /**
   * As `wait`, blocking the thread. The action must not be async then.
   * @throws as `wait`; TypeError when the action returned a promise; TargetError when its module cannot be loaded without waiting (top-level await). Both break the barrier.
   */
  waitSync(options?: SyncWaitOptions): number {
    const deadline = this.#deadline(options, 'Barrier.waitSync');
    const state = this.#state;
    const ticket = this.#enter(false) ?? this.#sleep(ENTRY, (slept) => this.#enter(slept || deadline === -Infinity), deadline) ?? this.#late();
    if (ticket.mustAct) return this.#actBlocking(ticket);
    const outcome = deadline === -Infinity ? undefined : this.#waitBlocked(ticket, deadline);
    return this.#unwrap(outcome ?? state.fail(ticket, Reason.Timeout));
  }

  /** Breaks the barrier: who waits, and who comes, gets a BrokenBarrierError until `reset()`. Does not block. Python: `Barrier.abort`. */
  abort(): void {
    this.#state.break(Reason.Aborted);
  }

  /** Makes the barrier usable, broken or not. Who waits gets a BrokenBarrierError. Does not block. Python: `Barrier.reset`. */
  reset(): void {
    this.#state.reset();
  }

  #deadline(options: WaitOptions | undefined, call: string): Deadline {
    const deadline = deadlineOf(options, call);
    return options?.timeout === undefined && this.#timeout !== undefined ? deadlineOf({ timeout: this.#timeout }, call) : deadline;
  }

  #enter(lookForDead: boolean): Ticket | undefined {
    const arrival = this.#state.arrive(this.#action !== undefined, lookForDead);
    if (arrival instanceof Break) throw this.#error(arrival);
    return arrival;
  }

  /** The time was up before this party could arrive. */
  #late(): never {
    throw this.#error(this.#state.break(Reason.Timeout));
  }

  #waitBlocked(ticket: Ticket, deadline: Deadline): Outcome | undefined {
    const patience = this.#patience;
    const look = (): boolean => spinFor(() => this.#state.isOver(ticket.generation), patience);
    const first = look() ? this.#state.outcome(ticket, false) : undefined;
    return first ?? this.#sleep(EXIT, (lookForDead) => this.#state.outcome(ticket, lookForDead), deadline, { look, patience });
  }

  #sleep<T>(queue: number, attempt: (slept: boolean) => T | undefined, deadline: Deadline, spinner?: Spinner): T | undefined {
    const { words, kernel, session } = this;
    return session.blockedOn(this.block, deadline, () => waitBlocked(words, queue, kernel, attempt, deadline, spinner));
  }

  async #act(ticket: Ticket): Promise<number> {
    try {
      await this.#action!.run();
    } catch (error) {
      this.#state.fail(ticket, Reason.ActionFailed);
      throw error;
    }
    return this.#unwrap(this.#state.finish(ticket));
  }

  #actBlocking(ticket: Ticket): number {
    try {
      this.#action!.runBlocking();
    } catch (error) {
      this.#state.fail(ticket, Reason.ActionFailed);
      throw error;
    }
    return this.#unwrap(this.#state.finish(ticket));
  }

  #unwrap(outcome: Outcome): number {
    if (outcome instanceof Break) throw this.#error(outcome);
    return outcome;
  }

  #error({ reason, who }: Break): BrokenBarrierError {
    const name = holderName(who, this.session, this.kernel) ?? 'somebody';
    return new BrokenBarrierError(`Barrier: ${EXPLANATIONS[reason](name)}`);
  }

  protected override get sentAlong(): SentAlong | undefined {
    if (this.#action === undefined && this.#timeout === undefined) return undefined;
    return { action: this.#action?.target, timeout: this.#timeout };
  }

  protected describe(): string {
    const { waiting, isBroken, actor } = this.#state.peek();
    const acting = holderName(actor, this.session, this.kernel);
    return `${waiting} of ${this.parties} waiting${isBroken ? ', broken' : ''}${acting === null ? '' : `, action run by ${acting}`}`;
  }
}

const UNTIL_RESET = 'It stays broken until barrier.reset().';

const EXPLANATIONS: Readonly<Record<Reason, (who: string) => string>> = {
  [Reason.Timeout]: (who) => `broken, because the timeout of a wait passed (${who}). ${UNTIL_RESET}`,
  [Reason.Left]: (who) => `broken, because a wait was aborted by its signal (${who}). ${UNTIL_RESET}`,
  [Reason.Aborted]: (who) => `broken by abort() (${who}). ${UNTIL_RESET}`,
  [Reason.Reset]: (who) => `reset() was called before all parties had come (${who}).`,
  [Reason.Died]: (who) => `broken, because a party died that had come: ${who}. ${UNTIL_RESET}`,
  [Reason.ActionFailed]: (who) => `broken, because the action failed (${who}), which got its error. ${UNTIL_RESET}`,
  [Reason.Forgotten]: () => 'this wait ended so long ago that nobody knows how; it was taken for broken.',
};

/** The promise, or the signal's reason if it is aborted first. */
function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason as Error);
    signal.addEventListener('abort', onAbort, { once: true });
    void promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
