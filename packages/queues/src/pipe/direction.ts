/**
 * One direction of a pipe: a locked ring (locked-ring.ts) of 64 to 512 KiB, of links 1 MiB, with messages in it (parts.ts), that its writers can end.
 *
 * A ring that is empty is in its smallest segment, so that short messages to and fro stay in the cache; how far writers may be ahead is what the segments hold, 960 KiB, of links 1984: all but the end of a message of
 * 1 MiB, or all of it, is there when its reader wakes up. All of them are kept warm: on a machine we measured, touching a page that was given back took 20 times as long as copying it.
 */
import { hasWaiters, spinWhile, MOST_LOADS, newBytes, newPatience, registerLockType, wakeAll, wakeOne, type Block, type BlockRef, type Spinner } from '@manycore/core/internal';
import type { Demand, Incoming, MessageKind, Outgoing } from '../connection/channel.js';
import { kindOf, LockedRing, NOT_EMPTY, NOT_FULL, STATE } from '../locked-ring.js';
import type { Message } from '../ring-memory.js';
import { GETS, TAIL } from '../ring-layout.js';
import { BYTES, PIECE_BYTES, putParts, READER, settle, takeParts, VALUE, WRITER, type Check, type Kind, type NOTHING, type Partial, type Parts, type Receipt, type Sending, type TAKEN } from './parts.js';
import { HEAD_PLACE, newPayload, readStart, startOf, stretchAt } from './stretches.js';

const TYPE = 'manycore.Pipe';
export const PIPE_SEGMENTS = 4;
export const LINK_SEGMENTS = 5;
/** How often a reader of pieces lets a sleeping writer know: each time the writer takes the CPU, or one of its turns, for what there is room for. */
const PIECES_AT_A_TIME = 4;
const ENDED = 1;

registerLockType(TYPE, { holders: () => [], queues: [NOT_EMPTY, NOT_FULL] });

const NO_REFS: readonly BlockRef[] = Object.freeze([]);
const NO_PAYLOADS: readonly ArrayBuffer[] = Object.freeze([]);
const EMPTY_MESSAGE: Message = { bytes: Buffer.alloc(0), length: 0, refs: NO_REFS };

/** A received message, with what it mentions held until it is decoded. */
export interface Received extends Incoming {
  readonly blocks: readonly Block[];
}

export const kindNumber = (kind: MessageKind): Kind => (kind === 'bytes' ? BYTES : VALUE);
export const kindName = (kind: Kind): MessageKind => (kind === BYTES ? 'bytes' : 'value');

export class Direction extends LockedRing implements Parts<Outgoing, Received> {
  /** Looks whether a reader makes room, before a writer falls asleep. */
  readonly roomSpinner: Spinner;
  readonly #front = { length: 0, kind: 0 };
  /** Where the message being taken is wanted. */
  #into: Buffer | undefined;
  /** Ends over it: both of a pipe that was made here have the same, and its hold. */
  #users = 0;

  private constructor(block: Block, ring: Block) {
    super(block, ring);
    const patience = newPatience(MOST_LOADS);
    this.roomSpinner = { look: () => spinWhile(this.words, TAIL, this.words.load(TAIL), patience), patience };
  }

  static create(segments: number): Direction {
    const { block, ring } = LockedRing.allocate(TYPE, segments);
    return new Direction(block, ring);
  }

  static open(ref: BlockRef): Direction {
    const { block, ring } = LockedRing.acquire(ref, TYPE);
    return new Direction(block, ring);
  }

  use(): void {
    this.#users++;
  }

  /** An end was given up: with the last one, this thread's hold. */
  leave(): void {
    if (--this.#users === 0) this.release();
  }

  /** Whether there may be something to take. */
  get isWorthALook(): boolean {
    return this.ring.hasSeenMore || !this.ring.isEmpty;
  }

  /** Whether its writers said that nothing follows. */
  get isEnded(): boolean {
    return this.words.load(STATE) === ENDED;
  }

  end(): void {
    this.words.store(STATE, ENDED);
    this.wakeReaders();
  }

  // --- writers ---

  /** As much of the message as there is room for; under the producer lock. Whether all of it is in the ring. */
  put(sending: Sending<Outgoing>, lookForDead: boolean): boolean {
    return putParts(this.words, this.kernel, this, sending, lookForDead);
  }

  /** After something was put, outside of the lock. */
  announcePut(isWhole: boolean): void {
    if (this.words.load(READER) === 0) wakeOne(this.words, NOT_EMPTY, this.kernel);
    else wakeAll(this.words, NOT_EMPTY, this.kernel);
    // By the chain rule: there may be room for the next one, or it waited for the end of this message.
    if (isWhole && hasWaiters(this.words, NOT_FULL)) wakeOne(this.words, NOT_FULL, this.kernel);
  }

  wakeWriters(): void {
    wakeAll(this.words, NOT_FULL, this.kernel);
  }

  wakeReaders(): void {
    wakeAll(this.words, NOT_EMPTY, this.kernel);
  }

  push(kind: number, message: Outgoing): boolean {
    return this.pushEntry(message, kind);
  }

  pushStart(kind: number, message: Outgoing): boolean {
    return this.pushEntry(startOf(message), kind, message.refs);
  }

  pushPiece(kind: number, { bytes, head, payloads }: Outgoing, at: number): number {
    const { place, from, size } = stretchAt(head, payloads, at);
    const length = Math.min(PIECE_BYTES, size);
    const source = place === HEAD_PLACE ? bytes : payloads[place]!;
    return this.pushEntry({ bytes: source.subarray(from, from + length), length, refs: NO_REFS }, kind) ? length : 0;
  }

  pushEmpty(kind: number): boolean {
    return this.pushEntry(EMPTY_MESSAGE, kind);
  }

  // --- readers ---

  /** The next message, or as much of it as there is; under the consumer lock. */
  take(receipt: Receipt<Received>, demand: Demand, check: Check, lookForDead: boolean): Received | typeof NOTHING | typeof TAKEN {
    this.#into = demand.into;
    return takeParts(this.words, this.kernel, this, receipt, check, lookForDead);
  }

  /** Whether a message is at the front; under the consumer lock. */
  hasFront(receipt: Receipt<Received>, lookForDead: boolean): boolean {
    if (receipt.partial !== undefined && receipt.partial.received === receipt.partial.total) return true;
    return typeof settle(this.words, this.kernel, this, receipt, lookForDead) !== 'symbol';
  }

  /** After something was taken, outside of the lock. */
  announceTake(): void {
    if (this.words.load(WRITER) === 0) wakeOne(this.words, NOT_FULL, this.kernel);
    else wakeAll(this.words, NOT_FULL, this.kernel);
    this.announceMore();
  }

  peek(): { readonly length: number; readonly kind: number } | undefined {
    const next = this.ring.peek();
    if (next === undefined) return undefined;
    this.#front.length = next.length;
    this.#front.kind = kindOf(next.tag);
    return this.#front;
  }

  pop(): Received {
    this.popEntry();
    const { inbox } = this.memory;
    return { bytes: inbox.bytes, length: this.taken.length, isOwn: inbox.isOwn, payloads: NO_PAYLOADS, blocks: this.claimTaken() };
  }

  popStart(kind: Kind): Partial<Received> {
    this.popEntry();
    const blocks = this.claimTaken();
    const start = readStart(this.memory.inbox.bytes, this.taken.length) ?? this.memory.damaged('the start of a message without its lengths');
    const { total, head, payloads } = start;
    const fits = this.#into !== undefined && total <= this.#into.length && payloads.length === 0;
    const bytes = fits ? this.#into!.subarray(0, total) : newBytes(head);
    return { kind, total, received: 0, item: { bytes, length: head, isOwn: !fits, payloads: payloads.map(newPayload), blocks } };
  }

  popPiece(partial: Partial<Received>, size: number): void {
    const { bytes, length, payloads } = partial.item;
    const { place, from, size: room } = stretchAt(length, payloads, partial.received);
    if (size > room) this.memory.damaged(`a piece of ${size} bytes where ${room} are expected`);
    this.memory.target = place === HEAD_PLACE ? bytes : new Uint8Array(payloads[place]!);
    this.memory.targetAt = from;
    try {
      this.popEntry();
    } finally {
      this.memory.target = undefined;
    }
    partial.received += size;
    if (this.words.get(GETS) % PIECES_AT_A_TIME === 0 && hasWaiters(this.words, NOT_FULL)) this.wakeWriters();
  }

  skip(): void {
    this.popEntry();
    this.releaseTaken(this.claimTaken());
  }

  forget({ item }: Partial<Received>): void {
    this.releaseTaken(item.blocks);
  }
}
