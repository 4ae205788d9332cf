/**
 * Lists of leases (leases.ts). Pure algorithm: words; every change is noted in the redo log, and made by whoever arms it.
 *
 * A list is two words of the queue's block: its length, which its user changes, and LAST, its last lease, 0 when it is empty. It is a ring: the last lease's NEXT is the first.
 */
import type { Words } from '@manycore/core/internal';
import type { RedoLog } from './redo-log.js';

/** Behind the word with the length. */
export const LAST = 1;
// Of a lease.
const NEXT = 1;
/** The ring's GETS when its item was taken. */
export const SEQUENCE = 4;

export class LeaseLists {
  constructor(
    readonly words: Words,
    readonly log: RedoLog,
  ) {}

  /** 0 when the list is empty. */
  first(list: number): number {
    const last = this.words.get(list + LAST);
    return last === 0 ? 0 : this.next(last);
  }

  /** Behind the last one comes the first. */
  next(lease: number): number {
    return this.log.wordsOf(lease).get(NEXT);
  }

  noteAppended(list: number, lease: number): void {
    const { log } = this;
    const last = this.words.get(list + LAST);
    if (last === 0) {
      log.noteOf(lease, NEXT, lease);
    } else {
      log.noteOf(lease, NEXT, this.next(last));
      log.noteOf(last, NEXT, lease);
    }
    log.note(list + LAST, lease);
  }

  /** Puts a lease into a list that is in the order of taking. `near` is one that it may come behind, or 0. */
  noteInserted(list: number, lease: number, near: number): void {
    const { log } = this;
    const last = this.words.get(list + LAST);
    const place = this.#placeFor(last, lease, near);
    // At the front of a ring is behind its last.
    const before = place === 0 ? last : place;
    log.noteOf(lease, NEXT, before === 0 ? lease : this.next(before));
    if (before !== 0) log.noteOf(before, NEXT, lease);
    if (place === last) log.note(list + LAST, lease);
  }

  /** Usually the first of the list. */
  noteRemoved(list: number, lease: number): void {
    const last = this.words.get(list + LAST);
    let before = last;
    while (this.next(before) !== lease) before = this.next(before);
    if (before !== lease) this.log.noteOf(before, NEXT, this.next(lease));
    if (lease === last) this.log.note(list + LAST, before === lease ? 0 : before);
  }

  /** Which lease it comes behind; 0 for the front. */
  #placeFor(last: number, lease: number, near: number): number {
    if (last === 0 || this.#isFirst(last, lease)) return last;
    let place = near !== 0 && this.#isFirst(near, lease) ? near : 0;
    for (let next = this.next(place === 0 ? last : place); this.#isFirst(next, lease); next = this.next(next)) place = next;
    return place;
  }

  /** Whether one was taken before the other. The count wraps. */
  #isFirst(one: number, other: number): boolean {
    const { log } = this;
    return ((log.wordsOf(one).get(SEQUENCE) - log.wordsOf(other).get(SEQUENCE)) | 0) < 0;
  }
}
