/**
 * Where in a ring (ring.ts) the next entry goes: behind HEAD while that segment has room, else in the smallest segment that is not in use. Pure algorithm; only under the producer lock, changes nothing but SEEN_TAIL.
 */
import type { Words } from '@manycore/core/internal';
import { LEAVING, position, SEEN_TAIL, segmentOf, TAIL, unitOf, USED, type Segments } from './ring-layout.js';

/** No room. */
export const NOWHERE = -1;

/** A segment is chosen for an entry when it would hold this many like it. */
const ROOM_FOR = 4;

export class RingRoom {
  constructor(
    readonly words: Words,
    readonly store: Segments,
  ) {}

  /** The position where an entry of `need` units goes, with HEAD at `head`; NOWHERE when it has to wait. */
  placeFor(head: number, need: number): number {
    const { words } = this;
    const segment = segmentOf(head);
    // In the smallest segment there is no smaller one to go back to, and no reason to look at the consumers' words.
    if (segment === 0) {
      const place = this.#placeWithin(head, need, words.get(SEEN_TAIL));
      if (place !== NOWHERE) return place;
    }
    // USED before TAIL: then TAIL is in no segment that counts as unused, nor is SEEN_TAIL once HEAD has entered one. The other way round, a consumer that leaves in between makes its old place there look as if it
    // had taken what the producer puts in now. (It lost a message of 1 MiB now and then, of hundreds of thousands; the interleaving explorer has the schedule.)
    const used = this.#inUse();
    const tail = words.load(TAIL);
    words.set(SEEN_TAIL, tail);
    const best = this.#unused(used, need * ROOM_FOR);
    if (tail === head && best !== NOWHERE && best < segment) return position(best, 0);
    const place = this.#placeWithin(head, need, tail);
    if (place !== NOWHERE) return place;
    if (best !== NOWHERE) return position(best, 0);
    // No segment is roomy; one that just holds the entry and a marker will do.
    const tight = this.#unused(used, need + 1);
    return tight === NOWHERE ? NOWHERE : position(tight, 0);
  }

  /** Room in HEAD's own segment, with TAIL where it was at the time of the look: it can only have moved on since. */
  #placeWithin(head: number, need: number, tail: number): number {
    const segment = segmentOf(head);
    const unit = unitOf(head);
    const end = this.store.units(segment) - 1;
    if (segmentOf(tail) === segment && unitOf(tail) > unit) return unit + need < unitOf(tail) ? head : NOWHERE;
    if (unit + need <= end) return head;
    const isBehind = segmentOf(tail) === segment && this.store.wraps(segment);
    return isBehind && need < unitOf(tail) ? position(segment, 0) : NOWHERE;
  }

  /**
   * Segments a producer must not enter, as bits. One that is being left counts until LEAVING is cleared: a consumer killed between unmarking it and that has its pages given back once
   * more by the repair. (Found by the interleaving explorer.) USED is read first: unmarked, and then no longer being left, is done with.
   */
  #inUse(): number {
    const used = this.words.load(USED);
    const leaving = this.words.load(LEAVING);
    return leaving === 0 ? used : used | (1 << (leaving - 1));
  }

  /** The smallest segment that is not in use and has that many units. */
  #unused(used: number, units: number): number {
    const { store } = this;
    for (let segment = 0; segment < store.segments; segment++) {
      if ((used & (1 << segment)) === 0 && units <= store.units(segment)) return segment;
    }
    return NOWHERE;
  }
}
