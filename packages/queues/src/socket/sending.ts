/**
 * Messages on their way out of one connection, in the order of the calls.
 *
 * A message of which the system took a part cannot be taken back: when its call gives up (timeout, abort) the rest is written in the background, before anything else, and its receiver sees it whole.
 *
 * | killed                                  | the other side                                       |
 * | --------------------------------------- | ---------------------------------------------------- |
 * | before the first byte was written       | reads the end of file                                |
 * | between the first and the last one      | reads the end of file in the middle of a message     |
 * | after the last one                      | receives the message, then the end of file           |
 */
import { constants } from 'node:os';
import { TimeoutError } from '@manycore/core';
import { native, WRITABLE, type Deadline } from '@manycore/core/internal';
import type { Outgoing } from '../connection/channel.js';
import { BrokenPipeError, ConnectionError } from '../errors.js';
import { awaitBlocked } from './descriptor.js';
import { headOf } from './framing.js';
import { nameOf, systemError } from './system-error.js';
import { Waiter } from './waiter.js';

/** As much of a message goes out together with its head. */
const STAGED_BYTES = 16 * 1024;
const MOST_BYTES_AT_ONCE = 1024 * 1024;
/** How often it writes before the event loop has its turn again. */
const MOST_WRITES = 16;
const { EAGAIN, EPIPE, ECONNRESET, ETIMEDOUT } = constants.errno;

let staging: Buffer | undefined;

interface Frame {
  readonly head: Buffer;
  message: Outgoing;
  readonly total: number;
  written: number;
  /** The call that waits; none when it has given up. */
  waiter: Waiter<boolean> | undefined;
}

export class Sending {
  readonly #frames: Frame[] = [];
  #failure: (() => Error) | undefined;

  constructor(
    readonly fd: number,
    /** Frames wait that did not, or the other way round. */
    readonly onChange: () => void,
  ) {}

  /** Whether something is to be written. */
  get isBusy(): boolean {
    return this.#frames.length > 0;
  }

  /** Whether a call waits for that. */
  get isWaiting(): boolean {
    return this.#frames.some(({ waiter }) => waiter !== undefined);
  }

  /** False when the deadline passed with nothing sent. */
  send(message: Outgoing, deadline: Deadline, signal: AbortSignal | undefined): Promise<boolean> {
    if (signal?.aborted === true) return Promise.reject(signal.reason as Error);
    this.serve();
    this.#check();
    const frame = newFrame(message);
    if (this.#frames.length === 0 && this.#write(frame)) {
      message.commit();
      return Promise.resolve(true);
    }
    if (deadline === -Infinity) return Promise.resolve(this.#giveUp(frame));
    frame.message = message.keep();
    const waiter = (frame.waiter = new Waiter<boolean>());
    const onTime = (): void => {
      // Room that came while the thread was busy counts.
      this.serve();
      if (waiter.isSettled) return;
      if (this.#leave(frame)) waiter.settle(false);
      else waiter.fail(partlySent());
    };
    waiter.limit(deadline, signal, onTime, (reason) => {
      this.#leave(frame);
      waiter.fail(reason);
    });
    this.#frames.push(frame);
    this.onChange();
    return waiter.promise;
  }

  /** The same, blocking the thread. What was to be written before comes first. */
  sendBlocked(message: Outgoing, deadline: Deadline): boolean {
    while (!this.serve()) if (!awaitBlocked(this.fd, WRITABLE, deadline)) return false;
    this.#check();
    const frame = newFrame(message);
    while (!this.#write(frame)) if (!awaitBlocked(this.fd, WRITABLE, deadline)) return this.#giveUp(frame);
    message.commit();
    return true;
  }

  /** Writes what can be written; true when nothing is left. */
  serve(): boolean {
    if (this.#frames.length === 0) return true;
    for (let frame = this.#frames[0]; frame !== undefined; frame = this.#frames[0]) {
      try {
        if (!this.#write(frame)) return false;
      } catch {
        // `#write` has told everybody.
        return true;
      }
      this.#frames.shift();
      frame.message.commit();
      frame.waiter?.settle(true);
    }
    this.onChange();
    return true;
  }

  /** All that wait end so, and every later call. */
  fail(failure: () => Error): void {
    this.#failure ??= failure;
    const frames = this.#frames.splice(0);
    for (const { waiter } of frames) waiter?.fail(failure());
    if (frames.length > 0) this.onChange();
  }

  #check(): void {
    if (this.#failure !== undefined) throw this.#failure();
  }

  /** A call that may not wait any longer, whose frame is not queued yet. */
  #giveUp(frame: Frame): false {
    if (frame.written === 0) return false;
    frame.message = frame.message.keep();
    this.#frames.push(frame);
    this.onChange();
    throw partlySent();
  }

  /** The call of a frame gives up; true when nothing of it was sent. */
  #leave(frame: Frame): boolean {
    frame.waiter = undefined;
    if (frame.written === 0) this.#frames.splice(this.#frames.indexOf(frame), 1);
    this.onChange();
    return frame.written === 0;
  }

  /** Whether the whole frame is written. @throws BrokenPipeError, ConnectionError; everybody else has been told then. */
  #write(frame: Frame): boolean {
    const addon = native();
    const { head, message, total } = frame;
    const staged = Math.min(total, STAGED_BYTES);
    for (let writes = 0; writes < MOST_WRITES; writes++) {
      const from = frame.written;
      let written: number;
      if (from < staged) {
        staging ??= Buffer.allocUnsafeSlow(STAGED_BYTES);
        head.copy(staging);
        staging.set(message.bytes.subarray(0, staged - head.length), head.length);
        written = addon.writeSocket(this.fd, staging, from, staged - from);
      } else {
        written = addon.writeSocket(this.fd, message.bytes, from - head.length, Math.min(total - from, MOST_BYTES_AT_ONCE));
      }
      if (written === -EAGAIN) return false;
      if (written < 0) this.#broken(written);
      frame.written += written;
      if (frame.written === total) return true;
    }
    return false;
  }

  #broken(errno: number): never {
    const cause = { cause: systemError(errno, 'send') };
    const isGone = errno === -EPIPE || errno === -ECONNRESET || errno === -ETIMEDOUT;
    const failure = (): Error =>
      isGone
        ? new BrokenPipeError(`Connection: the other side has closed the connection (${nameOf(errno)}): what is sent would never be received.`, cause)
        : new ConnectionError(`Connection: sending failed (${nameOf(errno)}).`, cause);
    this.fail(failure);
    throw failure();
  }
}

function newFrame(message: Outgoing): Frame {
  const head = headOf(message.length);
  return { head, message, total: head.length + message.length, written: 0, waiter: undefined };
}

const partlySent = (): TimeoutError =>
  new TimeoutError('Connection: the time passed while the message was being written. What is left of it is written in the background: do not send it again.');
