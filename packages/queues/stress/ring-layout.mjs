/** Where the words are that a queue's shared memory consists of; see locked-ring.ts, ring-layout.ts and ring-memory.ts. */
export const PRODUCER_LOCK = 0;
export const CONSUMER_LOCK = 64;
export const HEAD = 48;
export const PUTS = 49;
export const NEXT_HEAD = 50;
export const NEXT_PUTS = 51;
export const NEXT_TAG = 52;
export const ENTERING = 53;
export const SEEN_TAIL = 54;
export const PUT_BUNDLE = 56;
export const TAIL = 112;
export const GETS = 113;
export const TAKEN_TAIL = 114;
export const TAKEN_GETS = 115;
export const TAKEN_TAG = 116;
export const LEAVING = 117;
export const SEEN_HEAD = 118;
export const TAKEN_BUNDLE = 120;
export const STATE = 212;
export const RING_ID = 214;
export const RING_GENERATION = 215;
export const USED = 224;
export const CHARGED = 225;
export const GIVEN = 240;

export const SEGMENTS = 15;
export const SMALLEST_BYTES = 64 * 1024;
export const UNIT_BITS = 27;
export const UNIT_BYTES = 8;

export const POSITIONS = [HEAD, NEXT_HEAD, SEEN_TAIL, TAIL, TAKEN_TAIL, SEEN_HEAD];
export const COUNTS = [PUTS, NEXT_PUTS, GETS, TAKEN_GETS];
export const BUNDLES = [PUT_BUNDLE, TAKEN_BUNDLE, NEXT_TAG, TAKEN_TAG];
export const SEGMENT_NUMBERS = [ENTERING, LEAVING];

export const unitsOf = (segment) => (SMALLEST_BYTES / UNIT_BYTES) * 2 ** segment;
export const positionOf = (segment, unit) => (segment << UNIT_BITS) | unit;
/** Word of the whole ring at which a unit of a segment starts. */
export const wordOf = (segment, unit) => (SMALLEST_BYTES / 4) * (2 ** segment - 1) + unit * 2;

/** Refuses to run where the words mean something else: damage to the locks would look like a failure of the ring. */
export function checkLayout(words, put, get) {
  const before = [words.get(HEAD), words.get(PUTS), words.get(TAIL), words.get(GETS)];
  put();
  const units = words.get(HEAD) - before[0];
  get();
  const expected = [before[0] + units, before[1] + 1, before[2] + units, before[3] + 1];
  const isRight = [HEAD, PUTS, TAIL, GETS].every((word, i) => words.get(word) === expected[i]) && units > 0 && words.get(USED) === 1 && words.get(CHARGED) > 0 && words.get(GIVEN) === 0;
  if (!isRight) throw new Error('The layout of a queue is another than in ring-layout.mjs: bring that up to date.');
}
