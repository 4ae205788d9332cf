/**
 * The words of a read-write lock.
 *
 * | word from STATE | meaning                                                                                                            |
 * | --------------- | ------------------------------------------------------------------------------------------------------------------ |
 * | WRITER          | 0, or the owner word of the thread that took the write lock                                                        |
 * | READING         | how many read locks are held                                                                                       |
 * | PHASE           | how often a write lock was given up                                                                                |
 * | WAITING, +1     | how many readers wait that came in an even, in an odd phase                                                        |
 * | WRITERS         | how many writers wait                                                                                              |
 * | KEPT..          | for which of the writers the lock is kept (reservation.ts)                                                         |
 * | READ_QUEUE..    | wait queue of the readers                                                                                          |
 * | WRITE_QUEUE..   | wait queue of the writers                                                                                          |
 * | ROSTER..        | the same by thread (roster.ts): read locks held, readers that wait from even and from odd phases, writers that wait |
 */
import { WAIT_QUEUE_WORDS, type Words } from '@manycore/core/internal';
import { RESERVATION_WORDS } from './shared/reservation.js';
import { Roster } from './shared/roster.js';
import { STATE } from './shared/state.js';

export const WRITER = STATE;
export const READING = WRITER + 1;
export const PHASE = READING + 1;
export const WAITING = PHASE + 1;
export const WRITERS = WAITING + 2;
export const KEPT = WRITERS + 1;
export const READ_QUEUE = KEPT + RESERVATION_WORDS;
export const WRITE_QUEUE = READ_QUEUE + WAIT_QUEUE_WORDS;
export const RWLOCK_ROSTER = WRITE_QUEUE + WAIT_QUEUE_WORDS;

/** Columns of the roster; that of waiting readers is the first of two, by phase. */
export const READS = 0;
export const WAITS = 1;
export const WRITES = 3;
export const COLUMNS = 4;
export const RWLOCK_WORDS = RWLOCK_ROSTER + Roster.words(COLUMNS);

/** Who writes or reads in that block: a snapshot. */
export function holdersOf(words: Words): number[] {
  const writer = words.load(WRITER);
  return writer === 0 ? Roster.having(words, RWLOCK_ROSTER, COLUMNS, READS) : [writer];
}

export const isWriteLocked = (words: Words): boolean => words.load(WRITER) !== 0;
