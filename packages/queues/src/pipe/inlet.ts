/**
 * The reading side of a pipe in this thread: calls get messages in their order, blocked or with promises. A blocking call first completes what promises wait for. What was taken of a long message when
 * its call ended (timeout, abort) is kept for the next call.
 */
import { ClosedError, InvalidStateError } from '@manycore/core';
import { BUSY, learnFromSleep, newBytes, now, session, waitBlocked, wakeOne, type Attempt, type Deadline } from '@manycore/core/internal';
import type { Demand, MessageKind } from '../connection/channel.js';
import { EOFError, MessageTooLongError } from '../errors.js';
import { NOT_EMPTY } from '../locked-ring.js';
import { GETS } from '../ring-layout.js';
import { kindName, type Direction, type Received } from './direction.js';
import type { Caller, Ends } from './outlet.js';
import { drop, TAKEN, type Check, type Receipt } from './parts.js';

/** A call of a promise form that waits for its message. */
interface Pending {
  readonly demand: Demand;
  readonly caller: Caller;
  readonly signal: AbortSignal | undefined;
  /** Set by a blocking call that came later. */
  result?: Received | undefined;
  failure?: { readonly error: unknown };
}

export class Inlet {
  readonly #session = session();
  readonly #receipt: Receipt<Received> = { partial: undefined };
  readonly #pending: Pending[] = [];
  /** Promises that wait, with those of `poll`. */
  readonly #waits = new Set<{ readonly caller: Caller; readonly attempt: Attempt<unknown> }>();

  constructor(
    readonly direction: Direction,
    readonly ends: Ends,
  ) {}

  async receive(caller: Caller, demand: Demand, deadline: Deadline, signal: AbortSignal | undefined): Promise<Received | undefined> {
    if (deadline === -Infinity) return this.receiveBlocked(caller, demand, deadline);
    const { direction } = this;
    const { asyncItemSpinner } = direction;
    const pending: Pending = { demand, caller, signal };
    let message = this.#pending.length === 0 ? this.#attempt(pending, false) : undefined;
    if (message === undefined && this.#pending.length === 0 && asyncItemSpinner.look() === true) message = this.#attempt(pending, false);
    if (message !== undefined && message !== BUSY) return message;
    this.#pending.push(pending);
    const since = now();
    try {
      return (await this.#wait(caller, (lookForDead) => this.#attempt(pending, lookForDead), deadline, signal)) ?? pending.result;
    } catch (error) {
      // A blocking call has taken the message for this one before the abort came: it must not be lost.
      if (pending.result === undefined) throw error;
      return pending.result;
    } finally {
      this.#pending.splice(this.#pending.indexOf(pending), 1);
      this.#leave(demand);
      learnFromSleep(asyncItemSpinner.patience, now() - since);
    }
  }

  receiveBlocked(caller: Caller, demand: Demand, deadline: Deadline): Received | undefined {
    for (const pending of this.#pending) {
      // One that was aborted has failed, which its promise is told when the event loop comes to it.
      if (pending.result !== undefined || pending.failure !== undefined || pending.signal?.aborted === true) continue;
      try {
        pending.result = this.#receiveNext(pending, deadline, true);
        if (pending.result === undefined) return undefined;
      } catch (error) {
        // It is that call's, which gets it when the event loop comes to it.
        pending.failure = { error };
      }
    }
    if (this.#pending.length > 0) this.direction.wakeReaders();
    try {
      return this.#receiveNext({ demand, caller, signal: undefined }, deadline, false);
    } finally {
      this.#leave(demand);
    }
  }

  async poll(caller: Caller, deadline: Deadline, signal: AbortSignal | undefined): Promise<boolean> {
    if (deadline === -Infinity) return this.pollBlocked(caller, deadline);
    const isReady = await this.#wait(caller, (lookForDead) => this.isReady(caller, lookForDead) || undefined, deadline, signal);
    this.#passOn(isReady);
    return isReady === true;
  }

  pollBlocked(caller: Caller, deadline: Deadline): boolean {
    if (this.#isReadyBlocked(caller, false)) return true;
    if (deadline === -Infinity) return false;
    const { words, block, itemSpinner } = this.direction;
    const attempt = (slept: boolean): true | undefined => {
      if (this.#isReadyBlocked(caller, slept)) return true;
      return slept && deadline === Infinity ? this.#mustNotWaitForItself('pollSync') : undefined;
    };
    itemSpinner.look();
    const isReady = this.#session.blockedOn(block, deadline, () => waitBlocked(words, NOT_EMPTY, this.#session.kernel, attempt, deadline, itemSpinner));
    this.#passOn(isReady);
    return isReady === true;
  }

  /** Whether a receiving call would not wait, or be told of the end of file. Does not block. */
  isReady(caller: Caller, lookForDead: boolean): boolean | typeof BUSY {
    const { direction } = this;
    throwIfClosed(caller, 'poll');
    const isOver = this.#isOver(lookForDead);
    if (!direction.isWorthALook) return isOver;
    if (!direction.tryLockConsumers(lookForDead)) return BUSY;
    return this.#isFrontReady(isOver, lookForDead);
  }

  #isReadyBlocked(caller: Caller, lookForDead: boolean): boolean {
    const { direction } = this;
    throwIfClosed(caller, 'pollSync');
    const isOver = this.#isOver(lookForDead);
    if (!direction.isWorthALook) return isOver;
    direction.lockConsumers(Infinity);
    return this.#isFrontReady(isOver, lookForDead);
  }

  #isFrontReady(isOver: boolean, lookForDead: boolean): boolean {
    const { direction } = this;
    const gets = direction.words.get(GETS);
    try {
      return direction.hasFront(this.#receipt, lookForDead || isOver) || isOver;
    } finally {
      const hasMoved = gets !== direction.words.get(GETS);
      direction.unlockConsumers();
      if (hasMoved) direction.announceTake();
    }
  }

  /** Whether no promise waits to receive. */
  get isIdle(): boolean {
    return this.#pending.length === 0;
  }

  /** The thread gives up the end, and what it has taken of a long message: who else has the end goes on with the next one. */
  leave(): void {
    const { direction } = this;
    if (this.#receipt.partial === undefined) return;
    direction.lockConsumers(Infinity);
    drop(direction.words, direction, this.#receipt);
    direction.unlockConsumers();
    direction.wakeReaders();
  }

  /** Ends the promises of connections that were closed. */
  endClosed(): void {
    for (const { caller, attempt } of [...this.#waits]) if (caller.isClosed) this.#session.waits.cancel(this.direction.words, NOT_EMPTY, attempt, closedMeanwhile('recv'));
  }

  async #wait<T>(caller: Caller, attempt: Attempt<T>, deadline: Deadline, signal: AbortSignal | undefined): Promise<T | undefined> {
    const wait = { caller, attempt };
    this.#waits.add(wait);
    try {
      return await this.#session.waits.wait(this.direction.words, NOT_EMPTY, attempt, deadline, signal);
    } finally {
      this.#waits.delete(wait);
    }
  }

  #receiveNext(pending: Pending, deadline: Deadline, keeps: boolean): Received | undefined {
    const { words, block, itemSpinner } = this.direction;
    let message = this.#attemptBlocked(pending, deadline, false, keeps);
    if (message !== undefined || deadline === -Infinity) return message;
    if (itemSpinner.look() === true) message = this.#attemptBlocked(pending, deadline, false, keeps);
    const attempt = (slept: boolean): Received | undefined => {
      const next = this.#attemptBlocked(pending, deadline, slept, keeps);
      return next === undefined && slept && deadline === Infinity ? this.#mustNotWaitForItself('recvSync') : next;
    };
    return message ?? this.#session.blockedOn(block, deadline, () => waitBlocked(words, NOT_EMPTY, this.#session.kernel, attempt, deadline, itemSpinner));
  }

  #attempt(pending: Pending, lookForDead: boolean): Received | undefined | typeof BUSY {
    if (pending.failure !== undefined) throw pending.failure.error;
    if (pending.result !== undefined) return pending.result;
    const { direction } = this;
    throwIfClosed(pending.caller, 'recv');
    const isOver = this.#isOver(lookForDead);
    if (!isOver && !direction.isWorthALook && !lookForDead) return undefined;
    if (!direction.tryLockConsumers(lookForDead)) return BUSY;
    return this.#takeLocked(pending.demand, isOver, lookForDead, true);
  }

  #attemptBlocked({ demand, caller }: Pending, deadline: Deadline, lookForDead: boolean, keeps: boolean): Received | undefined {
    const { direction } = this;
    throwIfClosed(caller, 'recvSync');
    const isOver = this.#isOver(lookForDead);
    if (!isOver && !direction.isWorthALook && !lookForDead) return undefined;
    if (!direction.lockConsumers(deadline === -Infinity ? Infinity : deadline)) return undefined;
    return this.#takeLocked(demand, isOver, lookForDead, keeps);
  }

  /** @param keeps - whether the message must outlive the next call of this thread. */
  #takeLocked(demand: Demand, isOver: boolean, lookForDead: boolean, keeps: boolean): Received | undefined {
    const { direction } = this;
    const { inbox } = direction.memory;
    const wasInUse = inbox.isInUse;
    inbox.isInUse ||= keeps;
    let taken;
    const wasUnderway = this.#receipt.partial !== undefined;
    const gets = direction.words.get(GETS);
    try {
      taken = direction.take(this.#receipt, demand, checkOf(demand), lookForDead || isOver);
    } catch (error) {
      if (MessageTooLongError.isInstance(error)) drop(direction.words, direction, this.#receipt);
      throw error;
    } finally {
      inbox.isInUse = wasInUse;
      const hasMoved = gets !== direction.words.get(GETS);
      direction.unlockConsumers();
      if (hasMoved) direction.announceTake();
    }
    if (typeof taken !== 'symbol') return taken;
    if (taken === TAKEN || !isOver) return undefined;
    throw new EOFError(
      `Connection.recv: nothing is left, and nobody has the other end of the pipe any more: all who had it closed it or ended.${wasUnderway ? ' One of them was in the middle of a message; what came of it was dropped.' : ''}`,
    );
  }

  /** Whether nothing can follow what is in the ring. Asked before the look at the ring: what came before the end is found there. */
  #isOver(lookForDead: boolean): boolean {
    return this.direction.isEnded || this.ends.isPeerGone(lookForDead);
  }

  #mustNotWaitForItself(call: string): undefined {
    if (!this.ends.isPeerHereAlone) return undefined;
    throw new EOFError(
      `Connection.${call}: nothing is there, and the other end of the pipe is open in this very thread alone, which is blocked here: nothing can ever come. Close this copy of the other end once it was handed over.`,
    );
  }

  /** A poll consumes nothing: the wake-up it got goes to the next one. */
  #passOn(isReady: true | undefined): void {
    if (isReady === true) wakeOne(this.direction.words, NOT_EMPTY, this.#session.kernel);
  }

  /** What was taken of a long message must not lie in memory of a call that is over. */
  #leave({ into }: Demand): void {
    const { partial } = this.#receipt;
    if (partial === undefined || into === undefined || partial.item.isOwn) return;
    const bytes = newBytes(partial.total);
    partial.item.bytes.copy(bytes, 0, 0, partial.received);
    partial.item = { ...partial.item, bytes, isOwn: true };
  }
}

function throwIfClosed({ isClosed }: Caller, call: string): void {
  if (isClosed) throw closedMeanwhile(call);
}

const closedMeanwhile = (call: string): ClosedError => new ClosedError(`Connection.${call}: the connection was closed in this process while the call waited.`);

const MADE_BY: Record<MessageKind, string> = { value: 'send; take it with recv', bytes: 'sendBytes; take it with recvBytes' };

function checkOf({ kind: wanted, maxLength }: Demand): Check {
  return {
    kind(kind) {
      const name = kindName(kind);
      if (name !== wanted) throw new InvalidStateError(`Connection.${wanted === 'value' ? 'recv' : 'recvBytes'}: the next message was sent by ${MADE_BY[name]}. It was left where it is.`);
    },
    length(kind, length) {
      if (kindName(kind) !== wanted || length <= maxLength) return;
      throw new MessageTooLongError(`Connection.recvBytes: the next message has ${length} bytes, maxLength is ${maxLength}. This connection object receives no more.`);
    },
  };
}
