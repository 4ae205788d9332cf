/**
 * Messages over a ring of entries: short ones whole, long ones in parts, so that a message of any size goes through a ring of a fixed one. Pure algorithm: words and a ring; no waiting.
 *
 * Kinds of entries: a whole message; or START (how many bytes in all) and PIECEs. Parts of two messages never mix: who has begun a long message is in WRITER until its last piece is in the ring, and
 * others wait; who has taken a START is in READER until the message is given to its user, and what was taken lies in its own memory. Both words are looked at and changed under the producer and the consumer lock; only who
 * gives up its own message (timeout, abort, close) stores ABANDONED without.
 *
 * | word   | values                                                                                                             |
 * | ------ | ------------------------------------------------------------------------------------------------------------------ |
 * | WRITER | 0; the owner word of who is in the middle of a long message; ABANDONED: the last message in the ring will never end |
 * | READER | 0; the owner word of who is in the middle of taking one                                                             |
 *
 * | killed, or given up, after            | what is left                      | mended by                                                                                   |
 * | ------------------------------------- | --------------------------------- | ------------------------------------------------------------------------------------------- |
 * | writer: WRITER, START or some pieces  | a message that will never end     | the next writer puts ABORT before its own; a reader that has taken all there is drops its part |
 * | writer: last piece, before WRITER = 0 | WRITER of the dead                | the next writer puts an ABORT, which ends no message                                        |
 * | writer: ABORT, before WRITER = 0      | the same                          | one more ABORT                                                                              |
 * | reader: READER, before START is taken | READER of the dead                | the next reader clears it and takes the START                                               |
 * | reader: START or some pieces          | the rest of a message             | the next reader clears READER; pieces without a START are dropped: lost with their reader   |
 * | reader: last piece, before READER = 0 | READER of the dead                | cleared                                                                                     |
 */
import type { Kernel as WholeKernel, Words } from '@manycore/core/internal';

type Kernel = Pick<WholeKernel, 'self' | 'isAlive'>;

export const WRITER = 217;
export const READER = 218;
const ABANDONED = -1;

/** Messages up to this many bytes are put whole; pieces have as many. A segment of 256 KiB holds four, so that writer and reader are both busy. */
export const PIECE_BYTES = 60 * 1024;

export const VALUE = 0;
export const BYTES = 1;
const START = 2;
const PIECE = 4;
const ABORT = 6;
export type Kind = typeof VALUE | typeof BYTES;

/** The ring as the protocol uses it. A push is false when there is no room. */
export interface Parts<M extends { readonly length: number }, I> {
  push(kind: number, message: M): boolean;
  /** The beginning of a message: its length, and what it mentions. */
  pushStart(kind: number, message: M): boolean;
  /** Bytes of the message from `from` on, PIECE_BYTES at most; returns how many. 0: there is no room. */
  pushPiece(kind: number, message: M, from: number): number;
  pushEmpty(kind: number): boolean;
  peek(): { readonly length: number; readonly kind: number } | undefined;
  pop(): I;
  /** Takes the beginning of a message, makes room for all of it, and then the pieces. */
  popStart(kind: Kind): Partial<I>;
  popPiece(into: Partial<I>, size: number): void;
  skip(): void;
  /** Of a message that was begun: what it mentions is not needed. */
  forget(partial: Partial<I>): void;
}

/** A long message of which a part was taken. */
export interface Partial<I> {
  readonly kind: Kind;
  readonly total: number;
  received: number;
  /** The message, once all of it was received. */
  item: I;
}

/** A message on its way into the ring. */
export class Sending<M extends { readonly length: number }> {
  /** Bytes in the ring; -1: not even the beginning. */
  sent = -1;
  isDone = false;

  constructor(
    readonly kind: Kind,
    public message: M,
  ) {}

  get isUnderway(): boolean {
    return this.sent >= 0 && !this.isDone;
  }
}

/**
 * Puts as much of a message as there is room for; under the producer lock. Whether something was put shows in `sending`.
 * @returns whether all of it is in the ring.
 */
export function putParts<M extends { readonly length: number }, I>(words: Words, kernel: Kernel, ring: Parts<M, I>, sending: Sending<M>, lookForDead: boolean): boolean {
  const { message, kind } = sending;
  if (!mayWrite(words, kernel, ring, sending, lookForDead)) return false;
  if (sending.sent < 0) {
    if (message.length <= PIECE_BYTES) return (sending.isDone = ring.push(kind, message));
    words.store(WRITER, kernel.self);
    if (!begin(words, ring, sending)) return false;
    sending.sent = 0;
  }
  while (sending.sent < message.length) {
    const size = ring.pushPiece(PIECE, message, sending.sent);
    if (size === 0) return false;
    sending.sent += size;
  }
  words.store(WRITER, 0);
  return (sending.isDone = true);
}

/** WRITER is ours before the START is there, and is given back when it does not come to that. */
function begin<M extends { readonly length: number }, I>(words: Words, ring: Parts<M, I>, { kind, message }: Sending<M>): boolean {
  let isBegun = false;
  try {
    return (isBegun = ring.pushStart(START + kind, message));
  } finally {
    if (!isBegun) words.store(WRITER, 0);
  }
}

/** Whether it is this message's turn, after an end was put to one that will never have its own. */
function mayWrite<M extends { readonly length: number }, I>(words: Words, kernel: Kernel, ring: Parts<M, I>, sending: Sending<M>, lookForDead: boolean): boolean {
  const writer = words.load(WRITER);
  if (writer === 0 || sending.isUnderway) return true;
  if (writer !== ABANDONED && (writer === kernel.self || !lookForDead || kernel.isAlive(writer))) return false;
  if (!ring.pushEmpty(ABORT)) return false;
  words.store(WRITER, 0);
  return true;
}

/** Gives up a message of this thread that is underway; its reader drops what it has of it. Whoever waits is to be woken. */
export function abandon(words: Words, sending: Sending<{ readonly length: number }>): void {
  if (!sending.isUnderway) return;
  sending.sent = -1;
  words.store(WRITER, ABANDONED);
}

/** Nothing is there for this reader. */
export const NOTHING = Symbol('nothing');
/** Another reader is in the middle of a message. */
export const TAKEN = Symbol('taken');

/** What a thread has taken of a long message. */
export interface Receipt<I> {
  partial: Partial<I> | undefined;
}

/** Whether a message is what is wanted. */
export interface Check {
  /** Asked once a whole message could be taken. Throws when it is of the other kind; then it stays. */
  kind(kind: Kind): void;
  /** Asked as soon as the length is known. Throws when it is too long. */
  length(kind: Kind, length: number): void;
}

/**
 * Takes the next message, or as much of it as there is; under the consumer lock. Drops what is left of messages whose writer or reader is gone. A long message is taken in whatever its kind: only its end
 * shows that it will ever be one. When `check` throws, a message stays where it is: at the front, or with what this thread has taken.
 */
export function takeParts<M extends { readonly length: number }, I>(
  words: Words,
  kernel: Kernel,
  ring: Parts<M, I>,
  receipt: Receipt<I>,
  check: Check,
  lookForDead: boolean,
): I | typeof NOTHING | typeof TAKEN {
  if (receipt.partial !== undefined) check.length(receipt.partial.kind, receipt.partial.total);
  for (;;) {
    const { partial } = receipt;
    if (partial !== undefined && partial.received === partial.total) {
      check.kind(partial.kind);
      receipt.partial = undefined;
      words.store(READER, 0);
      return partial.item;
    }
    const front = settle(words, kernel, ring, receipt, lookForDead);
    if (typeof front === 'symbol') return front;
    const { kind, length } = front;
    if (isWhole(kind)) {
      check.kind(kind);
      check.length(kind, length);
      return ring.pop();
    }
    if (receipt.partial !== undefined) {
      ring.popPiece(receipt.partial, length);
      continue;
    }
    words.store(READER, kernel.self);
    receipt.partial = ring.popStart((kind - START) as Kind);
    check.length(receipt.partial.kind, receipt.partial.total);
  }
}

const isWhole = (kind: number): kind is Kind => kind === VALUE || kind === BYTES;

/**
 * The entry at the front, once it is one that this reader can take: a whole message, a START, or a piece of what it has begun to take. Drops everything before. Under the consumer lock.
 */
export function settle<M extends { readonly length: number }, I>(
  words: Words,
  kernel: Kernel,
  ring: Parts<M, I>,
  receipt: Receipt<I>,
  lookForDead: boolean,
): { readonly length: number; readonly kind: number } | typeof NOTHING | typeof TAKEN {
  for (;;) {
    const reader = words.load(READER);
    if (reader !== 0 && (reader !== kernel.self || receipt.partial === undefined)) {
      if (reader !== kernel.self && (!lookForDead || kernel.isAlive(reader))) return TAKEN;
      words.store(READER, 0);
    }
    let front = ring.peek();
    if (front === undefined && receipt.partial !== undefined && isGone(words.load(WRITER), kernel, lookForDead)) {
      // A writer that is gone put its last entry before this second look.
      front = ring.peek();
      if (front === undefined) drop(words, ring, receipt);
    }
    if (front === undefined) return NOTHING;
    // Whatever follows a part and does not continue it ends it.
    if (receipt.partial !== undefined && front.kind !== PIECE) drop(words, ring, receipt);
    if (front.kind === ABORT || (front.kind === PIECE && receipt.partial === undefined)) ring.skip();
    else return front;
  }
}

const isGone = (writer: number, kernel: Kernel, lookForDead: boolean): boolean => writer === ABANDONED || (writer !== 0 && lookForDead && !kernel.isAlive(writer));

/** Gives up what this thread has taken of a long message; the rest of it will be dropped by whoever reads on. */
export function drop<M extends { readonly length: number }, I>(words: Words, ring: Parts<M, I>, receipt: Receipt<I>): void {
  if (receipt.partial === undefined) return;
  ring.forget(receipt.partial);
  receipt.partial = undefined;
  words.store(READER, 0);
}
