/** Where everything is in a ring (ring.ts): its words, and positions in its segments. */

// Producers' words: one cache line of their own.
export const HEAD = 48;
export const PUTS = 49;
export const NEXT_HEAD = 50;
export const NEXT_PUTS = 51;
export const NEXT_TAG = 52;
export const ENTERING = 53;
export const SEEN_TAIL = 54;
// Consumers' words.
export const TAIL = 112;
export const GETS = 113;
export const TAKEN_TAIL = 114;
export const TAKEN_GETS = 115;
export const TAKEN_TAG = 116;
export const LEAVING = 117;
export const SEEN_HEAD = 118;
/** Both write it, but only when a segment changes. */
export const USED = 224;

const UNIT_BITS = 27;
const UNIT_MASK = 2 ** UNIT_BITS - 1;

export const segmentOf = (position: number): number => position >>> UNIT_BITS;
export const unitOf = (position: number): number => position & UNIT_MASK;
/** A place: the segment's number above the unit in it. */
export const position = (segment: number, unit: number): number => (segment << UNIT_BITS) | unit;

/** The segments of a ring. Units count from the start of a segment. */
export interface Segments {
  readonly segments: number;
  units(segment: number): number;
  /** Whether the segment is used round and round. */
  wraps(segment: number): boolean;
}

/** Where entries are kept. */
export interface RingStore<Source, Item> extends Segments {
  /** Makes sure that units below `end` may be written. Throws when memory is refused, before anything is written. */
  reserve(segment: number, end: number): void;
  writeHeader(segment: number, unit: number, length: number, tag: number): void;
  readLength(segment: number, unit: number): number;
  readTag(segment: number, unit: number): number;
  write(segment: number, unit: number, source: Source, length: number): void;
  read(segment: number, unit: number, length: number): Item;
  /** TAIL moved to `unit`: what is behind it will not be looked at again; for a segment that is used once. */
  passed(segment: number, unit: number): void;
  /** TAIL left the segment. */
  left(segment: number): void;
  /** The memory does not hold what it should; throws. */
  damaged(what: string): never;
}
