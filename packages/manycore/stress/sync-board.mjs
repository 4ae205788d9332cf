/**
 * What the members of a scene did, in shared memory: it survives every one of them but the main program.
 *
 * A scene has seats; when a member is killed, another one takes its seat, with a number of its own. A member that is inside of what the primitive guards writes its number to `mark[seat]`.
 * Before the main program kills a member it writes its number to `dying[seat]`: from then on its mark does not count. Who checks reads the marks first, so a mark that it takes for one
 * of the living was made by somebody who was not yet killed when it was read.
 */
import { sharedBuffer } from 'manycore';

export const SEATS = 4;
/** Broken promises seen by the members themselves. */
export const FAULTS = 0;
export const STOP = 1;
/** Waits of a condition that timed out although what they waited for was true. */
export const MISSED = 2;
/** Of the barrier: how often each index was given. */
export const INDEXES = 4;
/** Words of the scene, guarded by its primitive. */
export const GUARDED = 8;
export const WORDS = 64;
const MARK = 16;
const DYING = MARK + SEATS;
const STEPS = DYING + SEATS;

export function makeBoard() {
  return new Int32Array(sharedBuffer(WORDS * 4).buffer, 0, WORDS);
}

export const isStopped = (board) => Atomics.load(board, STOP) !== 0;
export const fault = (board) => Atomics.add(board, FAULTS, 1);

/** Progress of whoever sits there. */
export const step = ({ board, seat }) => Atomics.add(board, STEPS + seat, 1);
export const stepsOf = (board, seat) => Atomics.load(board, STEPS + seat);

/** The member is inside. `kind` is 1 or 2, and what kind the others may have. */
export function comeIn({ board, seat, number }, kind = 1) {
  Atomics.store(board, MARK + seat, number * 4 + kind);
}

export function goOut({ board, seat }) {
  Atomics.store(board, MARK + seat, 0);
}

/** How many are inside that nobody is about to kill; of one kind, or of both. */
export function inside(board, kind) {
  const marks = Array.from({ length: SEATS }, (_, seat) => Atomics.load(board, MARK + seat));
  return marks.filter((mark, seat) => mark !== 0 && (kind === undefined || (mark & 3) === kind) && mark >> 2 !== Atomics.load(board, DYING + seat)).length;
}

export function announceDeath(board, seat, number) {
  Atomics.store(board, DYING + seat, number);
}
