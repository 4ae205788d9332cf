/**
 * A ring of variable-size entries in shared memory, for any number of producers and consumers, that grows with its backlog. Pure algorithm: words and a store; no waiting.
 *
 * Producers hold the producer lock and consumers the consumer lock, so there is one of each at a time and the two proceed in parallel. One store of HEAD commits an entry, one store
 * of TAIL takes it.
 *
 * **Segments.** Entries live in segments of doubling size, 64 KiB to 1 GiB. A short backlog stays in the smallest one, which stays in the cache. Small segments are used
 * round and round; large ones once from start to end, so that their pages can be given back behind TAIL while it moves (a chunk behind TAIL is never written again before the whole
 * segment was left: that is what trap T16 is about). Where an entry does not fit, or the ring is empty and a smaller segment would do, the producer moves to the smallest segment that
 * is not in use (ring-room.ts). A segment is in use from when a producer enters it until a consumer has left it and given its pages back.
 *
 * **Position** (HEAD and TAIL): segment number above the unit in it; a unit is 8 bytes. HEAD = TAIL means empty; a producer never catches up with TAIL.
 * **Entry**: word 0 = payload bytes, or a marker: WRAP = go on at the segment's start, JUMP - s = go on at the start of segment s. Word 1 = a tag, a number that belongs to the entry
 * (locked-ring.ts says what it means). Then the payload, padded to a unit. A marker is always followed by an entry, committed with it; room for one is always kept.
 *
 * | word       | written by | meaning                                                                                |
 * | ---------- | ---------- | -------------------------------------------------------------------------------------- |
 * | HEAD       | producer   | where the next entry goes: the commit                                                  |
 * | PUTS       | producer   | entries ever put, modulo 2**32                                                          |
 * | NEXT_*     | producer   | journal: HEAD, PUTS and the entry's number as they will be                              |
 * | ENTERING   | producer   | 1 + the segment being entered                                                           |
 * | SEEN_TAIL  | producer   | TAIL when it was last looked at, since HEAD is in its segment: spares a look at the consumers' cache line |
 * | USED       | both       | bit s: segment s is in use                                                              |
 * | TAIL, GETS, TAKEN_*, LEAVING, SEEN_HEAD | consumer | the same for taking; SEEN_HEAD lies between TAIL and HEAD, always      |
 *
 * | a producer is killed after         | what is left, and what `repairProducer` does                                          |
 * | ---------------------------------- | ------------------------------------------------------------------------------------- |
 * | ENTERING, USED                     | a segment marked in use that HEAD is not in: unmarked                                  |
 * | writing entry, marker or journal   | nothing visible; overwritten by the next                                               |
 * | HEAD (committed)                   | PUTS one short: HEAD equals the journal's, so PUTS becomes the journal's               |
 *
 * | a consumer is killed after         | what is left, and what `repairConsumer` does                                          |
 * | ---------------------------------- | ------------------------------------------------------------------------------------- |
 * | reading, journal, LEAVING          | the entry is still there for the next                                                  |
 * | TAIL (taken)                       | the entry is lost with the consumer; GETS is set from the journal                      |
 * | TAIL, with a segment left          | LEAVING names a segment that TAIL is not in: its pages are given back and it is unmarked |
 */
import type { Words } from '@manycore/core/internal';
import {
  ENTERING, GETS, HEAD, LEAVING, NEXT_HEAD, NEXT_PUTS, NEXT_TAG, position, PUTS, SEEN_HEAD, segmentOf, TAIL, TAKEN_GETS, TAKEN_TAG, TAKEN_TAIL, unitOf, USED, type RingStore,
} from './ring-layout.js';
import { NOWHERE, RingRoom } from './ring-room.js';

const WRAP = -1;
const JUMP = -2;
/** An entry's own two words are a unit. */
const HEADER_UNITS = 1;

const unitsFor = (length: number): number => HEADER_UNITS + ((length + 7) >>> 3);

/** Makes an empty ring of zeroed words. */
export function initRing(words: Words): void {
  words.store(USED, 1);
}

export class Ring<Source, Item> {
  /** What `peek` saw. */
  private readonly next = { length: 0, tag: 0 };
  readonly #room: RingRoom;

  constructor(
    readonly words: Words,
    readonly store: RingStore<Source, Item>,
  ) {
    this.#room = new RingRoom(words, store);
  }

  get size(): number {
    // GETS first: an entry counted as gotten was counted as put before.
    const gets = this.words.load(GETS);
    return (this.words.load(PUTS) - gets) | 0;
  }

  /** Whether a consumer has seen an entry that is still there: a hint, without a look at what producers write. */
  get hasSeenMore(): boolean {
    return this.words.get(TAIL) !== this.words.get(SEEN_HEAD);
  }

  get isEmpty(): boolean {
    return this.words.load(TAIL) === this.words.load(HEAD);
  }

  /**
   * Puts one entry; only under the producer lock. False when there is no room; then nothing has changed.
   * @param tag - a number kept with the entry.
   */
  push(source: Source, length: number, tag: number): boolean {
    const { words, store } = this;
    const need = unitsFor(length);
    const head = this.#position(HEAD);
    const segment = segmentOf(head);
    const unit = unitOf(head);
    const start = this.#room.placeFor(head, need);
    if (start === NOWHERE) return false;
    const target = segmentOf(start);
    // What was seen of TAIL may be damaged, and promise room that is not there.
    if (unitOf(start) + need >= store.units(target)) store.damaged(`room for ${length} bytes at unit ${unitOf(start)} of segment ${target}`);
    store.reserve(target, unitOf(start) + need + 1);
    if (target !== segment) {
      words.store(ENTERING, target + 1);
      words.or(USED, 1 << target);
      store.writeHeader(segment, unit, JUMP - target, 0);
    } else if (start !== head) {
      store.writeHeader(segment, unit, WRAP, 0);
    }
    store.writeHeader(target, unitOf(start), length, tag);
    store.write(target, unitOf(start) + HEADER_UNITS, source, length);
    const next = start + need;
    const puts = (words.get(PUTS) + 1) | 0;
    // NEXT_HEAD before the rest: from here to the commit it differs from HEAD, and the journal is not believed.
    words.set(NEXT_HEAD, next);
    words.set(NEXT_PUTS, puts);
    words.set(NEXT_TAG, tag);
    words.store(HEAD, next);
    words.set(PUTS, puts);
    if (target !== segment) words.store(ENTERING, 0);
    return true;
  }

  /** Whether an entry could be put now; only under the producer lock. */
  fits(length: number): boolean {
    return this.#room.placeFor(this.#position(HEAD), unitsFor(length)) !== NOWHERE;
  }

  /** HEAD or TAIL. Others can write them: what is no place in a segment is refused before anything is read or written there. */
  #position(word: number): number {
    const { store } = this;
    const at = this.words.get(word);
    const segment = segmentOf(at);
    if (segment >= store.segments || unitOf(at) >= store.units(segment)) store.damaged(`the position ${unitOf(at)} in segment ${segment}`);
    return at;
  }

  /**
   * Takes the next entry; only under the consumer lock. Undefined when there is none.
   * @param claim - called with the entry's number, if it is not 0, before the entry is taken; the entry stays when it throws.
   */
  pop(claim: (tag: number) => void): Item | undefined {
    const { words, store } = this;
    const tail = this.#position(TAIL);
    if (tail === words.get(SEEN_HEAD)) {
      const head = words.load(HEAD);
      if (tail === head) return undefined;
      words.set(SEEN_HEAD, head);
    }
    const at = this.#nextEntry(tail);
    const segment = segmentOf(at);
    const unit = unitOf(at);
    const length = store.readLength(segment, unit);
    const need = unitsFor(length);
    if (length < 0 || unit + need >= store.units(segment)) store.damaged(`an entry of ${length} bytes`);
    const tag = store.readTag(segment, unit);
    if (tag !== 0) claim(tag);
    const item = store.read(segment, unit + HEADER_UNITS, length);
    const next = at + need;
    const gets = (words.get(GETS) + 1) | 0;
    const left = segmentOf(tail);
    words.set(TAKEN_TAIL, next);
    words.set(TAKEN_GETS, gets);
    words.set(TAKEN_TAG, tag);
    if (left !== segment) words.store(LEAVING, left + 1);
    words.store(TAIL, next);
    words.set(GETS, gets);
    if (left !== segment) this.#leave(left);
    else if (!store.wraps(segment)) store.passed(segment, unitOf(next));
    return item;
  }

  /** The next entry's length and tag, which stays; undefined when there is none. Only under the consumer lock. */
  peek(): { length: number; tag: number } | undefined {
    const { words, store } = this;
    const tail = this.#position(TAIL);
    if (tail === words.load(HEAD)) return undefined;
    const at = this.#nextEntry(tail);
    this.next.length = store.readLength(segmentOf(at), unitOf(at));
    this.next.tag = store.readTag(segmentOf(at), unitOf(at));
    return this.next;
  }

  /** Where the next entry is, past markers. */
  #nextEntry(tail: number): number {
    const { store } = this;
    let at = tail;
    for (let markers = 0; markers < 2; markers++) {
      const length = store.readLength(segmentOf(at), unitOf(at));
      if (length >= 0) return at;
      const segment = length === WRAP ? segmentOf(at) : JUMP - length;
      if (segment >= store.segments) store.damaged(`a jump to segment ${segment}`);
      at = position(segment, 0);
    }
    return store.damaged('a row of markers');
  }

  #leave(segment: number): void {
    this.store.left(segment);
    this.words.and(USED, ~(1 << segment));
    this.words.store(LEAVING, 0);
  }

  /** Completes or undoes what a dead producer left. Under the producer lock. */
  repairProducer(): void {
    const { words } = this;
    const head = words.load(HEAD);
    if (head === words.load(NEXT_HEAD)) words.store(PUTS, words.load(NEXT_PUTS));
    const entering = words.load(ENTERING);
    if (entering === 0) return;
    if (this.#isSegment(entering - 1) && segmentOf(head) !== entering - 1) words.and(USED, ~(1 << (entering - 1)));
    words.store(ENTERING, 0);
  }

  /** Completes what a dead consumer left. Under the consumer lock. */
  repairConsumer(): void {
    const { words } = this;
    const tail = words.load(TAIL);
    if (tail === words.load(TAKEN_TAIL)) words.store(GETS, words.load(TAKEN_GETS));
    const leaving = words.load(LEAVING);
    if (leaving === 0) return;
    if (this.#isSegment(leaving - 1) && segmentOf(tail) !== leaving - 1) this.#leave(leaving - 1);
    else words.store(LEAVING, 0);
  }

  #isSegment(segment: number): boolean {
    return segment >= 0 && segment < this.store.segments;
  }

  /** Before an object that a tag names is made or looked into: its number may be that of the last entry's, whose object is gone, and a repair could not tell the two. */
  forgetLastPut(): void {
    this.words.set(NEXT_TAG, 0);
  }

  forgetLastTaken(): void {
    this.words.set(TAKEN_TAG, 0);
  }

  /** The tag of the last entry that was put; 0 when the journal is of one that was not committed. Under the producer lock. */
  get lastPut(): number {
    return this.words.load(HEAD) === this.words.load(NEXT_HEAD) ? this.words.load(NEXT_TAG) : 0;
  }

  /** The tag of the last entry that was taken; 0 when the journal is of one that is still there. Under the consumer lock. */
  get lastTaken(): number {
    return this.words.load(TAIL) === this.words.load(TAKEN_TAIL) ? this.words.load(TAKEN_TAG) : 0;
  }
}
