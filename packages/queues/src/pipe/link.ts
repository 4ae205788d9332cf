/**
 * A pipe between two threads that each has its end to itself, for packages that keep such a pipe busy: messages are put and taken without promises, and one wait serves several links at once. A `Connection`
 * does the same for users, one promise for each message.
 *
 * What a kill leaves is in parts.ts and locked-ring.ts. The reader of an end whose thread has died may `reclaim` what that had not taken.
 */
import { decode, registerShareable, session, SHARE, type Block, type BlockRef, type DecodeOptions, type Shareable, type ShareRecord, type Words } from '@manycore/core/internal';
import type { Demand, Outgoing } from '../connection/channel.js';
import { NOT_EMPTY, NOT_FULL } from '../locked-ring.js';
import { kindNumber, LINK_SEGMENTS, type Direction, type Received } from './direction.js';
import { Sending, type Check, type Receipt } from './parts.js';
import { PipeEnd } from './pipe-end.js';

const TYPE = 'manycore.Link';
const DEMAND: Demand = { kind: 'value', maxLength: Infinity };
const VALUE_KIND = kindNumber('value');
/** Both ends are ours: there is nothing to refuse. */
const ANYTHING: Check = { kind: () => undefined, length: () => undefined };

registerShareable(TYPE, { module: import.meta.url, rebuild: (ref) => new Link(PipeEnd.arrived(ref)) });

/** A message that waits for room, with what it mentions held meanwhile. */
interface Waiting {
  readonly sending: Sending<Outgoing>;
  readonly holds: readonly Block[];
}

/** Where a link waits. */
interface Place {
  readonly words: Words;
  readonly queue: number;
  readonly attempt: (lookForDead: boolean) => true | undefined;
}

export class Link implements Shareable {
  readonly #end: PipeEnd;
  readonly #in: Direction;
  readonly #out: Direction;
  readonly #session = session();
  readonly #receipt: Receipt<Received> = { partial: undefined };
  readonly #outbox: Waiting[] = [];
  /** How to end the waits that are underway. */
  readonly #waits = new Set<() => void>();
  #isClosed = false;
  #isUnannounced = false;

  constructor(end: PipeEnd) {
    this.#end = end;
    end.use();
    this.#in = end.inlet!.direction;
    this.#out = end.outlet!.direction;
  }

  /** Both ends of a new link. @throws OutOfMemoryError */
  static pair(): [Link, Link] {
    const [first, second] = PipeEnd.pair(true, LINK_SEGMENTS);
    return [new Link(first), new Link(second)];
  }

  /** The end that `block` is, for a thread that was told of it otherwise than by a value. @throws ClosedError, RemoteError when it is none. */
  static open(block: BlockRef): Link {
    return new Link(PipeEnd.arrived(block));
  }

  /** Messages that there was no room for yet. */
  get backlog(): number {
    return this.#outbox.length;
  }

  /** Whether there may be something to take. */
  get hasMessage(): boolean {
    return !this.#isClosed && this.#in.isWorthALook;
  }

  /** Whether nobody has the other end any more. What it has sent before is still to be taken. */
  isPeerGone(lookForDead: boolean): boolean {
    return this.#end.isPeerGone(lookForDead);
  }

  /**
   * Puts a message, or as much of it as there is room for; keeps the rest until `flush`. Does not wait. To a peer that is gone, nothing is put.
   * @throws OutOfMemoryError; then nothing was put.
   */
  send(message: Outgoing): void {
    this.put(message);
    this.announce();
  }

  /** As `send`, without waking the peer: for several messages in a row, before `announce`. */
  put(message: Outgoing): void {
    const sending = new Sending<Outgoing>(VALUE_KIND, message);
    if (this.#outbox.length === 0 && this.#put(sending)) return;
    sending.message = message.keep(Math.max(0, sending.sent));
    this.#outbox.push({ sending, holds: this.#session.heap.holdAll(sending.message.refs) });
  }

  /** Lets the peer know of what was put. */
  announce(): void {
    // Once the end is given up, its memory may be somebody else's.
    if (!this.#isUnannounced || this.#isClosed) return;
    this.#isUnannounced = false;
    this.#out.announcePut(true);
  }

  /** Puts what there is room for now of what waits. */
  flush(): void {
    while (this.#outbox.length > 0) {
      const { sending, holds } = this.#outbox[0]!;
      if (!this.#put(sending)) break;
      this.#outbox.shift();
      this.#session.heap.releaseAll(holds);
    }
    this.announce();
  }

  /** The next message, to be decoded before the next call; undefined when there is none. */
  take(lookForDead = false): Received | undefined {
    const direction = this.#in;
    if (this.#isClosed || (!direction.isWorthALook && !lookForDead)) return undefined;
    // Nobody else takes here.
    direction.lockConsumers(Infinity);
    let taken;
    try {
      taken = direction.take(this.#receipt, DEMAND, ANYTHING, lookForDead);
    } finally {
      direction.unlockConsumers();
    }
    direction.announceTake();
    return typeof taken === 'symbol' ? undefined : taken;
  }

  /** Gives back the holds on what a taken message mentions: once it was decoded. */
  release({ blocks }: Received): void {
    if (blocks.length > 0) this.#in.releaseTaken(blocks);
  }

  /** The value of a taken message, whose first `length` bytes it is; before the next one is taken. Gives back the holds, also when it fails. */
  decode(message: Received, length: number, options: DecodeOptions): unknown {
    const { inbox } = this.#in.memory;
    // User code may run in here, and receive something itself.
    const wasInUse = inbox.isInUse;
    inbox.isInUse = true;
    try {
      const { bytes, isOwn: own, payloads } = message;
      return decode(bytes, 0, length, own || payloads.length > 0 ? { ...options, own, payloads } : options);
    } finally {
      inbox.isInUse = wasInUse;
      this.release(message);
    }
  }

  /** A taken message in memory of its own, which may be decoded later. */
  keep(message: Received, length: number): Received {
    return message.isOwn ? message : { ...message, bytes: Buffer.from(message.bytes.subarray(0, length)), isOwn: true };
  }

  /**
   * What this end had sent and its peer, which is dead, did not take, in order; to be read before the next one is asked for.
   */
  *reclaim(): Generator<Received> {
    if (this.#isClosed) return;
    const direction = this.#out;
    const receipt: Receipt<Received> = { partial: undefined };
    for (;;) {
      direction.lockConsumers(Infinity);
      let taken;
      try {
        taken = direction.take(receipt, DEMAND, ANYTHING, true);
      } finally {
        direction.unlockConsumers();
      }
      if (typeof taken === 'symbol') return;
      yield taken;
    }
  }

  /** Resolves when there is something to take, or room for what waits, or the peer is gone. */
  async whenReady(): Promise<void> {
    const attempt = (lookForDead: boolean): true | undefined => this.#isReady(lookForDead) || undefined;
    const places = [{ words: this.#in.words, queue: NOT_EMPTY, attempt }];
    if (this.#outbox.length > 0) places.push({ words: this.#out.words, queue: NOT_FULL, attempt });
    await this.#wait(places);
  }

  /** Resolves when there may be room for what waits, or the peer is gone. */
  async whenRoom(): Promise<void> {
    const attempt = (lookForDead: boolean): true | undefined => {
      if (this.#isClosed) return true;
      this.flush();
      return this.#outbox.length === 0 || this.isPeerGone(lookForDead) || undefined;
    };
    await this.#wait([{ words: this.#out.words, queue: NOT_FULL, attempt }]);
  }

  /** Until one of the attempts succeeds, or the end is given up. */
  async #wait(places: readonly Place[]): Promise<void> {
    await this.#session.waits.waitAny(places, Infinity, undefined, (settle) => {
      const end = (): void => settle(true);
      this.#waits.add(end);
      return () => this.#waits.delete(end);
    });
  }

  #isReady(lookForDead: boolean): boolean {
    if (this.#isClosed || this.#in.isWorthALook) return true;
    if (this.#outbox.length > 0) {
      const before = this.#outbox[0]!.sending.sent;
      this.flush();
      if (this.#outbox.length === 0 || this.#outbox[0]!.sending.sent !== before) return true;
    }
    return this.isPeerGone(lookForDead);
  }

  /** Ends the waits that are underway: what they were for was taken without them, and a wait keeps the event loop alive. */
  stopWaiting(): void {
    for (const end of [...this.#waits]) end();
  }

  /** Gives the end up: the peer learns of it. Twice is harmless. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    // They would keep the memory of the pipe.
    this.stopWaiting();
    for (const { holds } of this.#outbox.splice(0)) this.#session.heap.releaseAll(holds);
    this.#end.leave();
  }

  [SHARE](): ShareRecord {
    return { type: TYPE, block: this.#end.block };
  }

  #put(sending: Sending<Outgoing>): boolean {
    if (this.#isClosed || this.isPeerGone(false)) return true;
    const direction = this.#out;
    const before = sending.sent;
    // Nobody else puts here.
    direction.lockProducers(Infinity);
    let isDone;
    try {
      isDone = direction.put(sending, false);
    } finally {
      direction.unlockProducers();
    }
    if (isDone) sending.message.commit();
    if (isDone) this.#isUnannounced = true;
    // Of a message that does not fit, the peer has to make room for the rest.
    else if (sending.sent > before) direction.announcePut(false);
    return isDone;
  }
}
