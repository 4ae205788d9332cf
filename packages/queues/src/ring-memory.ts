/**
 * The store of a ring: segments of 64 KiB to 1 GiB (a queue; a pipe has the smaller ones alone) in one large, sparse block of session memory, mapped one by one when they are first used, given back as TAIL moves.
 *
 * | segment  | bytes            | use                | pages                                                                    |
 * | -------- | ---------------- | ------------------ | ------------------------------------------------------------------------ |
 * | 0 to 4   | 64 KiB to 1 MiB  | round and round    | kept, so that what has a short backlog runs in memory that is warm       |
 * | 5 to 8   | 2 to 16 MiB      | round and round    | given back when the segment is left                                      |
 * | 9 to 14  | 32 MiB to 1 GiB  | once, start to end | given back by the chunk behind TAIL                                      |
 *
 * What may be touched is charged to the session's budget before it is written, and taken off when it is given back: CHARGED[s] and GIVEN[s] are units from the segment's start,
 * changed in one transaction with the budget. A kill in between leaves pages charged that are not used; they are used by the next visit of the segment, or go with the queue.
 */
import { RemoteError } from '@manycore/core';
import { charge, mapBuffer, newBytes, PAGE_BYTES, session, type Block, type BlockRef, type Session } from '@manycore/core/internal';
import type { RingStore } from './ring-layout.js';

const SMALLEST_BYTES = 64 * 1024;
const LAST_WARM = 4;
const LAST_WRAPPING = 8;
const UNIT_BYTES = 8;
const UNITS_PER_PAGE = PAGE_BYTES / UNIT_BYTES;
const CHUNK_UNITS = 2 ** 20 / UNIT_BYTES;
/** That many segments behind one another. */
export const ringBytes = (segments: number): number => SMALLEST_BYTES * 2 ** segments;
export const RING_TYPE = 'manycore.ring';

// Words of the ring's block, one per segment.
const CHARGED = 225;
const GIVEN = 240;

/** Payloads up to this are copied word by word into memory of this thread: cheaper than a call. */
const LOOP_WORDS = 128;
/** From this on, `copyBytes` of the addon is faster than copying by V8, which goes through shared memory word by word. */
const ADDON_BYTES = 16 * 1024;
/** Payloads larger than this get a buffer of their own, which what is decoded may keep. */
const SCRATCH_BYTES = 64 * 1024;

/** What is put in a ring: `length` bytes. */
export interface Message {
  readonly bytes: Uint8Array;
  /** The same memory, where it is aligned. */
  readonly words?: Int32Array | undefined;
  readonly length: number;
  readonly refs: readonly BlockRef[];
}

interface Mapped {
  readonly words: Int32Array;
  readonly bytes: Buffer;
}

/**
 * Where `read` puts a payload: one per thread, overwritten by the next, unless it is in use: decoding may run code of the user, which may get from a queue itself.
 */
class Inbox {
  readonly scratch = Buffer.allocUnsafeSlow(SCRATCH_BYTES);
  readonly scratchWords = new Int32Array(this.scratch.buffer, this.scratch.byteOffset, SCRATCH_BYTES / 4);
  bytes = this.scratch;
  /** Whether the memory of `bytes` belongs to this payload alone, so that what is decoded may keep it. */
  isOwn = false;
  isInUse = false;
}
const inbox = new Inbox();

export class RingMemory implements RingStore<Message, number> {
  readonly #mapped: (Mapped | undefined)[] = [];
  readonly #session: Session;

  /**
   * @param header - the ring's block.
   * @param ring - the block of the segments.
   */
  constructor(
    readonly header: Block,
    readonly ring: Block,
    readonly segments: number,
  ) {
    this.#session = session();
  }

  /** Has the payload of the last `read` of this thread, unless there was a target. */
  readonly inbox = inbox;
  /** Where `read` puts payloads instead, while it is set. */
  target: Uint8Array | undefined;
  targetAt = 0;

  units(segment: number): number {
    return (SMALLEST_BYTES / UNIT_BYTES) << segment;
  }

  wraps(segment: number): boolean {
    return segment <= LAST_WRAPPING;
  }

  reserve(segment: number, end: number): void {
    const { words } = this.header;
    // A consumer that gave the segment back did so before it unmarked it, and only then can a producer have entered it.
    if (end <= words.get(CHARGED + segment)) return;
    const charged = this.#charged(segment);
    const units = Math.min(this.units(segment), Math.ceil(end / CHUNK_UNITS) * CHUNK_UNITS);
    this.#session.heap.transactInRoom((tx) => {
      charge(tx, this.ring.id, (units - charged) / UNITS_PER_PAGE);
      tx.store(this.header.address + CHARGED + segment, units);
    });
  }

  writeHeader(segment: number, unit: number, length: number, tag: number): void {
    const { words } = this.#segment(segment);
    words[unit * 2] = length;
    words[unit * 2 + 1] = tag;
  }

  readLength(segment: number, unit: number): number {
    // Before the segment is mapped: one that does not exist would lie outside of the ring.
    const word = this.#checked(segment, unit) * 2;
    return this.#segment(segment).words[word]!;
  }

  readTag(segment: number, unit: number): number {
    return this.#segment(segment).words[unit * 2 + 1]!;
  }

  write(segment: number, unit: number, source: Message, length: number): void {
    const target = this.#segment(segment);
    const count = (length + 3) >>> 2;
    const from = source.words;
    if (length >= ADDON_BYTES) {
      this.#session.addon.copyBytes(target.bytes, unit * UNIT_BYTES, source.bytes, 0, length);
      return;
    }
    if (count > LOOP_WORDS || from === undefined) {
      target.bytes.set(length === source.bytes.length ? source.bytes : source.bytes.subarray(0, length), unit * UNIT_BYTES);
      return;
    }
    const { words } = target;
    for (let i = 0, to = unit * 2; i < count; i++, to++) words[to] = from[i]!;
  }

  read(segment: number, unit: number, length: number): number {
    const source = this.#segment(segment);
    if (unit + ((length + 7) >>> 3) > this.#charged(segment)) this.damaged(`an entry of ${length} bytes at unit ${unit} of segment ${segment}`);
    if (this.target !== undefined) {
      this.#copy(source.bytes, unit * UNIT_BYTES, this.target, this.targetAt, length);
      return length;
    }
    const count = (length + 3) >>> 2;
    inbox.isOwn = length > SCRATCH_BYTES;
    if (inbox.isOwn || inbox.isInUse || count > LOOP_WORDS) {
      inbox.bytes = inbox.isOwn ? newBytes(length) : inbox.isInUse ? Buffer.allocUnsafe(length) : inbox.scratch;
      this.#copy(source.bytes, unit * UNIT_BYTES, inbox.bytes, 0, length);
      return length;
    }
    inbox.bytes = inbox.scratch;
    const { words } = source;
    const to = inbox.scratchWords;
    for (let i = 0, from = unit * 2; i < count; i++, from++) to[i] = words[from]!;
    return length;
  }

  #copy(from: Buffer, start: number, to: Uint8Array, at: number, length: number): void {
    if (length >= ADDON_BYTES) this.#session.addon.copyBytes(to, at, from, start, length);
    else from.copy(to, at, start, start + length);
  }

  passed(segment: number, unit: number): void {
    const given = this.#given(segment);
    const whole = Math.floor(unit / CHUNK_UNITS) * CHUNK_UNITS;
    if (whole - given < CHUNK_UNITS) return;
    this.#punch(segment, given, whole);
    this.#session.heap.transact((tx) => {
      charge(tx, this.ring.id, -(whole - given) / UNITS_PER_PAGE);
      tx.store(this.header.address + GIVEN + segment, whole);
    });
  }

  left(segment: number): void {
    if (segment <= LAST_WARM) return;
    const { address } = this.header;
    const given = this.#given(segment);
    const charged = this.#charged(segment);
    if (charged > given) this.#punch(segment, given, charged);
    this.#session.heap.transact((tx) => {
      charge(tx, this.ring.id, -(charged - given) / UNITS_PER_PAGE);
      tx.store(address + GIVEN + segment, 0);
      tx.store(address + CHARGED + segment, 0);
    });
  }

  damaged(what: string): never {
    throw new RemoteError(`manycore: the memory of a queue or pipe is damaged: it holds ${what}. Something wrote outside of its own shared memory.`);
  }

  #punch(segment: number, from: number, to: number): void {
    this.#session.addon.punch(this.#session.heap.windows.fd, this.#offset(segment) + from * UNIT_BYTES, (to - from) * UNIT_BYTES);
  }

  /** A place where an entry or a marker can be. A marker at the start of a segment may be all that it ever had. */
  #checked(segment: number, unit: number): number {
    if (segment >= this.segments || (unit > 0 && unit >= this.#charged(segment))) this.damaged(`unit ${unit} of segment ${segment}`);
    return unit;
  }

  /** Units of a segment that were charged, in whole pages: more was never written, and what is written is never more. */
  #charged(segment: number): number {
    const charged = this.header.words.get(CHARGED + segment);
    if (charged < 0 || charged > this.units(segment) || charged % UNITS_PER_PAGE !== 0) this.damaged(`${charged} units charged for segment ${segment}`);
    return charged;
  }

  /** Units of a segment that were given back: a part of those charged. */
  #given(segment: number): number {
    const given = this.header.words.get(GIVEN + segment);
    if (given < 0 || given > this.#charged(segment) || given % CHUNK_UNITS !== 0) this.damaged(`${given} units given back of segment ${segment}`);
    return given;
  }

  #segment(segment: number): Mapped {
    return this.#mapped[segment] ?? this.#map(segment);
  }

  #map(segment: number): Mapped {
    const length = this.units(segment) * UNIT_BYTES;
    const buffer = mapBuffer(this.#session.heap.windows.fd, this.#offset(segment), length);
    const mapped = { words: new Int32Array(buffer, 0, length / 4), bytes: Buffer.from(buffer as ArrayBuffer, 0, length) };
    this.#mapped[segment] = mapped;
    return mapped;
  }

  /** Segment s starts behind all smaller ones. */
  #offset(segment: number): number {
    return this.ring.offset + SMALLEST_BYTES * (2 ** segment - 1);
  }
}
