/**
 * Takes messages out of a stream, without waiting. Nothing the other side says is believed: a length is checked before memory is allocated, and that memory grows with what has come, never ahead
 * of it by more than a step or as much again.
 *
 * What is read goes to the thread's scratch first, and whole messages are cut out of it; what is left over is copied, so that a connection without anything to say holds no memory. Only a message
 * longer than the scratch is read into memory of its own. A message that came in part stays here for whoever asks next.
 *
 * What was read ahead can be lent to a copy of the connection elsewhere (unread.ts): from then on it is ours only if nobody else was faster, which the next pull finds out.
 */
import { constants } from 'node:os';
import { InvalidStateError } from '@manycore/core';
import { native, newBytes } from '@manycore/core/internal';
import { ConnectionError, EOFError, MessageTooLongError } from '../errors.js';
import { headOf, readHead } from './framing.js';
import { nameOf, systemError } from './system-error.js';
import { UnreadClaim, type Unread } from './unread.js';

const SCRATCH_BYTES = 64 * 1024;
/** How often it reads before the event loop has its turn again. */
const MOST_READS = 16;
const EMPTY: Buffer = Buffer.alloc(0);
const { EAGAIN, ECONNRESET, ETIMEDOUT, EPIPE } = constants.errno;

let scratch: Buffer | undefined;

export class FrameReader {
  /** Received, and no part of a message that is under way. */
  #left: Buffer;
  /** Of the message under way; -1: its head has not come. */
  #length = -1;
  #body: Buffer = EMPTY;
  #filled = 0;
  #whole: Buffer | undefined;
  #failure: (() => Error) | undefined;
  #reads = 0;
  /** What was received was lent. */
  #claim: UnreadClaim | undefined;
  /** A message was refused, and nobody knows where the next one begins. */
  #isLost = false;

  /** @param unread - what was read of the stream before. */
  constructor(
    readonly fd: number,
    readonly maxMessageBytes: number,
    /** The stream makes no sense any more. */
    readonly breakOff: () => void,
    unread: Buffer = EMPTY,
  ) {
    this.#left = unread;
  }

  /**
   * Reads what is there, up to the end of a message. False: nothing more can be read now, or enough was for once. Without `maxLength` it is a look: then one that is too long is there, too.
   * @throws EOFError; MessageTooLongError, after which nothing more is received; ConnectionError when the stream makes no sense.
   */
  pull(maxLength?: number): boolean {
    if (this.#claim !== undefined) this.#settle(this.#claim.take());
    if (this.#whole === undefined && this.#failure !== undefined) throw this.#failure();
    try {
      for (let reads = 0; !this.#assemble(maxLength); reads++) {
        if (reads === MOST_READS || !this.#read()) return false;
      }
      return true;
    } finally {
      if (this.#left.buffer === scratch?.buffer) this.#left = this.#left.length === 0 ? EMPTY : Buffer.from(this.#left);
    }
  }

  /** How often something was read, which does not show at the descriptor any more. */
  get reads(): number {
    return this.#reads;
  }

  /** The message that `pull` found; its memory is nobody else's. */
  take(): Buffer {
    const whole = this.#whole!;
    this.#whole = undefined;
    return whole;
  }

  /** From now on every call fails so. */
  fail(failure: () => Error): void {
    this.#failure = failure;
    this.#claim?.release();
    this.#claim = undefined;
    this.#forget();
  }

  /** What was read and not taken, as it came, for a copy of the connection; undefined: nothing. @throws InvalidStateError when it is no use to anybody. */
  lend(): Unread | undefined {
    if (this.#isLost) throw new InvalidStateError('Connection: a message was too long before; nobody could tell where the next one begins, so the connection cannot be sent.');
    if (this.#claim?.isTaken === true) this.#settle(false);
    const bytes = this.#unread();
    return bytes.length === 0 ? undefined : { bytes, claim: (this.#claim ??= new UnreadClaim()) };
  }

  #unread(): Buffer {
    const left = this.#left;
    if (this.#whole !== undefined) return Buffer.concat([headOf(this.#whole.length), this.#whole, left]);
    return this.#length < 0 ? left : Buffer.concat([headOf(this.#length), this.#body.subarray(0, this.#filled), left]);
  }

  /** What was lent is ours again, or somebody else's. */
  #settle(isOurs: boolean): void {
    this.#claim?.release();
    this.#claim = undefined;
    if (!isOurs) this.#forget();
  }

  #forget(): void {
    this.#left = this.#body = EMPTY;
    this.#filled = 0;
    this.#length = -1;
    this.#whole = undefined;
  }

  #assemble(maxLength: number | undefined): boolean {
    if (this.#whole === undefined && this.#length < 0) {
      const head = readHead(this.#left);
      if (head === undefined) return false;
      this.#left = this.#left.subarray(head.headBytes);
      this.#length = head.length;
      if (head.length < 0) this.#protocolError(head.length);
    }
    const length = this.#whole?.length ?? this.#length;
    if (length > Math.min(maxLength ?? Infinity, this.maxMessageBytes)) {
      if (maxLength === undefined) return true;
      this.#refuse(length, maxLength);
    }
    if (this.#whole !== undefined) return true;
    const left = this.#left;
    if (this.#filled === 0 && left.length >= length) {
      // Buffer.from takes a small one out of Node's pool, at an address of its own.
      this.#left = left.subarray(length);
      return this.#complete(Buffer.from(left.subarray(0, length)));
    }
    const taken = Math.min(left.length, length - this.#filled);
    this.#reserve(this.#filled + taken);
    left.copy(this.#body, this.#filled, 0, taken);
    this.#filled += taken;
    this.#left = left.subarray(taken);
    return this.#filled === length && this.#complete(this.#body);
  }

  #complete(message: Buffer): true {
    this.#whole = message;
    this.#body = EMPTY;
    this.#filled = 0;
    this.#length = -1;
    return true;
  }

  /** Room for so many bytes of the message under way. */
  #reserve(bytes: number): void {
    if (bytes <= this.#body.length) return;
    const body = newBytes(Math.min(this.#length, Math.max(SCRATCH_BYTES, bytes, this.#body.length * 2)));
    this.#body.copy(body, 0, 0, this.#filled);
    this.#body = body;
  }

  /** Whether something came. */
  #read(): boolean {
    const addon = native();
    let got: number;
    if (this.#length >= 0) {
      this.#reserve(this.#filled + 1);
      got = addon.readSocket(this.fd, this.#body, this.#filled, this.#body.length - this.#filled);
      if (got > 0) this.#filled += got;
    } else {
      scratch ??= Buffer.allocUnsafeSlow(SCRATCH_BYTES);
      got = addon.readSocket(this.fd, scratch, 0, SCRATCH_BYTES);
      // What is left over is the beginning of a head.
      if (got > 0) this.#left = this.#left.length === 0 ? scratch.subarray(0, got) : Buffer.concat([this.#left, scratch.subarray(0, got)]);
    }
    if (got === -EAGAIN) return false;
    this.#reads++;
    if (got <= 0) this.#ended(got);
    return true;
  }

  #ended(got: number): never {
    const isInside = this.#length >= 0 || this.#left.length > 0;
    const how = got === 0 ? 'the other side has closed the connection' : `the connection was lost (${nameOf(got)}): the other side ended without reading what was sent, or cannot be reached`;
    const where = isInside ? ' in the middle of a message, which is lost' : '';
    const cause = got === 0 ? {} : { cause: systemError(got, 'recv') };
    const isEnd = got === 0 || got === -ECONNRESET || got === -ETIMEDOUT || got === -EPIPE;
    this.fail(() => (isEnd ? new EOFError(`Connection: ${how}${where}.`, cause) : new ConnectionError(`Connection: receiving failed (${nameOf(got)})${where}.`, cause)));
    throw this.#failure!();
  }

  #protocolError(length: number): never {
    const message = `Connection: the other side announced a message of ${length} bytes. It speaks another protocol, or something else has written to its socket; the connection is closed.`;
    this.fail(() => new ConnectionError(message));
    this.breakOff();
    throw this.#failure!();
  }

  #refuse(length: number, maxLength: number): never {
    this.#isLost = true;
    this.fail(() => new InvalidStateError('Connection: a message was too long before; this connection receives no more.'));
    throw new MessageTooLongError(
      length > maxLength
        ? `Connection: the next message has ${length} bytes, and maxLength is ${maxLength}. This connection receives no more.`
        : `Connection: the next message has ${length} bytes, and this connection takes ${this.maxMessageBytes}: see the option maxMessageBytes. It receives no more.`,
    );
  }
}
