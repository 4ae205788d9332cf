/**
 * The writing side of a pipe in this thread: messages on their way into the ring, in the order of the calls, blocked or with promises. A blocking call first completes what promises wait to put.
 */
import { ClosedError } from '@manycore/core';
import { BUSY, session, waitBlocked, type Attempt, type Block, type Deadline } from '@manycore/core/internal';
import type { MessageKind, Outgoing } from '../connection/channel.js';
import { BrokenPipeError } from '../errors.js';
import { NOT_FULL } from '../locked-ring.js';
import { kindNumber, type Direction } from './direction.js';
import { abandon, Sending } from './parts.js';

/** What a pipe's side has to know of its end and of the other one. */
export interface Ends {
  /** Whether nobody has the other end any more. */
  isPeerGone(lookForDead: boolean): boolean;
  /** Whether the other end is open in this thread alone: while it is blocked, nobody can answer. */
  readonly isPeerHereAlone: boolean;
}

/** Whose call it is: a connection that was closed meanwhile. */
export interface Caller {
  readonly isClosed: boolean;
}

export class Outlet {
  readonly #session = session();
  /** Of promises; the first one may be underway. */
  readonly #pending: Pending[] = [];

  constructor(
    readonly direction: Direction,
    readonly ends: Ends,
  ) {}

  async send(caller: Caller, kind: MessageKind, message: Outgoing, deadline: Deadline, signal: AbortSignal | undefined): Promise<boolean> {
    if (deadline === -Infinity) return this.sendBlocked(caller, kind, message, deadline);
    const pending: Pending = { sending: new Sending(kindNumber(kind), message), caller, signal };
    const { heap } = this.#session;
    let holds: readonly Block[];
    try {
      if (this.#pending.length === 0 && this.#attempt(pending, false) === true) return true;
      pending.sending.message = message.keep(Math.max(0, pending.sending.sent));
      // Whoever sends may let go of what the message mentions before there is room.
      holds = heap.holdAll(pending.sending.message.refs);
    } catch (error) {
      this.#giveUp(pending);
      throw error;
    }
    this.#pending.push(pending);
    const { words } = this.direction;
    const attempt = (lookForDead: boolean): true | undefined | typeof BUSY => this.#attempt(pending, lookForDead);
    pending.attempt = attempt;
    try {
      await this.#session.waits.wait(words, NOT_FULL, attempt, deadline, signal);
    } catch (error) {
      // A blocking call that came later may have completed it.
      if (!pending.sending.isDone) throw error;
    } finally {
      this.#pending.splice(this.#pending.indexOf(pending), 1);
      this.#giveUp(pending);
      heap.releaseAll(holds);
    }
    return pending.sending.isDone;
  }

  sendBlocked(caller: Caller, kind: MessageKind, message: Outgoing, deadline: Deadline): boolean {
    for (const pending of this.#pending) {
      // It has failed, which its promise is told when the event loop comes to it.
      if (pending.caller.isClosed || pending.signal?.aborted === true) this.#giveUp(pending);
      else if (!this.#finish(pending, deadline)) return false;
    }
    const pending: Pending = { sending: new Sending(kindNumber(kind), message), caller, signal: undefined };
    try {
      return this.#finish(pending, deadline);
    } finally {
      this.#giveUp(pending);
    }
  }

  /** Whether no promise waits to send. */
  get isIdle(): boolean {
    return this.#pending.length === 0;
  }

  /** Ends the promises of connections that were closed. */
  endClosed(): void {
    for (const { caller, attempt } of [...this.#pending]) if (caller.isClosed && attempt !== undefined) this.#session.waits.cancel(this.direction.words, NOT_FULL, attempt, closedMeanwhile());
  }

  #finish(pending: Pending, deadline: Deadline): boolean {
    const { direction, ends } = this;
    if (this.#attemptBlocked(pending, deadline, false) === true) return true;
    if (deadline === -Infinity) return false;
    const attempt = (slept: boolean): true | undefined => {
      const isDone = this.#attemptBlocked(pending, deadline, slept);
      if (isDone === undefined && slept && deadline === Infinity && ends.isPeerHereAlone) throw nobodyReads();
      return isDone;
    };
    const { words, block, roomSpinner } = direction;
    if (roomSpinner.look() === true && this.#attemptBlocked(pending, deadline, false) === true) return true;
    return this.#session.blockedOn(block, deadline, () => waitBlocked(words, NOT_FULL, this.#session.kernel, attempt, deadline, roomSpinner)) === true;
  }

  #attempt(pending: Pending, lookForDead: boolean): true | undefined | typeof BUSY {
    if (!this.#isWanted(pending, lookForDead)) return true;
    if (!this.direction.tryLockProducers(lookForDead)) return BUSY;
    return this.#putLocked(pending, lookForDead);
  }

  #attemptBlocked(pending: Pending, deadline: Deadline, lookForDead: boolean): true | undefined {
    if (!this.#isWanted(pending, lookForDead)) return true;
    // Only ever held for the length of a copy, so even a call that must not wait for room waits for the lock.
    if (!this.direction.lockProducers(deadline === -Infinity ? Infinity : deadline)) return undefined;
    return this.#putLocked(pending, lookForDead);
  }

  /** Whether it is still to be put. @throws ClosedError, BrokenPipeError when it cannot be. */
  #isWanted({ sending, caller }: Pending, lookForDead: boolean): boolean {
    // A blocking call may have completed it.
    if (sending.isDone) return false;
    if (caller.isClosed) throw closedMeanwhile();
    if (this.ends.isPeerGone(lookForDead)) throw new BrokenPipeError('Connection.send: nobody has the other end of the pipe any more: all who had it closed it or ended. The message was not sent.');
    if (this.direction.isEnded) throw new BrokenPipeError('Connection.send: the writing side of this pipe was ended.');
    return true;
  }

  #putLocked({ sending }: Pending, lookForDead: boolean): true | undefined {
    const { direction } = this;
    const before = sending.sent;
    let isDone;
    try {
      isDone = direction.put(sending, lookForDead);
    } finally {
      direction.unlockProducers();
    }
    if (isDone) sending.message.commit();
    if (isDone || sending.sent > before) direction.announcePut(isDone);
    return isDone || undefined;
  }

  /** After its call is over: what is underway will never end. */
  #giveUp({ sending }: Pending): void {
    if (!sending.isUnderway) return;
    abandon(this.direction.words, sending);
    this.direction.wakeWriters();
    this.direction.wakeReaders();
  }
}

interface Pending {
  readonly sending: Sending<Outgoing>;
  readonly caller: Caller;
  readonly signal: AbortSignal | undefined;
  /** Once it waits. */
  attempt?: Attempt<true>;
}

const closedMeanwhile = (): ClosedError => new ClosedError('Connection.send: the connection was closed in this process before there was room for the message; it was not sent.');

const nobodyReads = (): BrokenPipeError =>
  new BrokenPipeError(
    'Connection.sendSync: the pipe is full, and its other end is open in this very thread alone, which is blocked here: nobody can ever read. Use send() with await, or close this copy of the other end once it was handed over.',
  );
