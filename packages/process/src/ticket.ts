/**
 * What a child reads on its command line: where in the session's memory its record is. Plain numbers, nothing secret.
 *
 * A child whose target needs nothing of manycore never loads it (core is more code than all the rest), so until then it holds nothing and
 * reads its head where it lies. The parent holds the record, so it is there as long as the parent lives. Should the parent die, the child
 * dies within moments; if the memory has been given to somebody else by then, the child must not write into it: it moves PHASE on by a
 * compare-exchange from a random number, which nobody else's memory has in that place.
 */
import type { BlockRef } from '@manycore/core/internal';

export interface Ticket extends BlockRef {
  /** pid. */
  readonly parent: number;
  /** File identity of the session's memory. */
  readonly memory: number;
  /** Bytes in the session's memory. */
  readonly recordAt: number;
  readonly nonce: number;
  readonly headAt: number;
  readonly headBytes: number;
}

/** How far a child came: not yet to our entry; importing; its target was called. The phase is mixed into the nonce. */
export type Phase = 0 | 1 | 2;
export const CREATED = 0;
export const ENTERED = 1;
export const RUNNING = 2;

/** At least 4, so that zeroed memory is never taken for a record; the two lowest bits are the phase's. */
export const newNonce = (): number => Math.floor(Math.random() * 2 ** 29) * 4 + 4;

export const phaseOf = (word: number, nonce: number): Phase => (word ^ nonce) as Phase;

/** Moves PHASE, the record's first word, on. Does nothing when the record is gone. */
export function advance(words: Int32Array, index: number, nonce: number, to: Phase): void {
  for (let from = CREATED; from < to; from++) {
    if (Atomics.compareExchange(words, index, nonce ^ from, nonce ^ to) === (nonce ^ from)) return;
  }
}

/** On the command line of a child that was made before its record: the ticket comes as a line on the control channel. */
export const LATER = 'later';

export function writeTicket({ parent, memory, id, generation, recordAt, nonce, headAt, headBytes }: Ticket): string {
  return [parent, memory, id, generation, recordAt, nonce, headAt, headBytes].join('-');
}

export function readTicket(text: string): Ticket {
  const [parent = NaN, memory = NaN, id = NaN, generation = NaN, recordAt = NaN, nonce = NaN, headAt = NaN, headBytes = NaN] = text
    .split('-')
    .map(Number);
  return { parent, memory, id, generation, recordAt, nonce, headAt, headBytes };
}
