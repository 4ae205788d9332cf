/**
 * The bytes of a `ShareableList`, as CPython has them. All numbers are little-endian, as on every machine this runs on.
 *
 * | bytes      | what                                                                                                     |
 * | ---------- | -------------------------------------------------------------------------------------------------------- |
 * | 8          | N, the number of items, int64                                                                            |
 * | 8 * (N+1)  | where each item's slot begins, from the start of the slots, and where the last one ends, int64           |
 * | the slots  | each a multiple of 8 bytes: numbers, booleans and null have 8, texts and bytes what they had room for    |
 * | 8 * N      | the format of each item, ASCII, filled up with NULs: a code of Python's `struct`                         |
 * | N          | how to turn what `struct` reads into a value: 0 as it is, 1 text, 2 bytes, 3 None                        |
 *
 * | value   | format     | code | in its slot                                                       |
 * | ------- | ---------- | ---- | ----------------------------------------------------------------- |
 * | int     | `q`        | 0    | int64                                                             |
 * | float   | `d`        | 0    | float64                                                           |
 * | bool    | `xxxxxxx?` | 0    | the last of 8 bytes                                               |
 * | None    | `xxxxxx?x` | 3    | nothing                                                           |
 * | text    | `<n>s`     | 1    | UTF-8, filled up with NULs; n is the size of the slot             |
 * | bytes   | `<n>s`     | 2    | the same                                                          |
 *
 * CPython 3.8 has another head: the *sizes* of the N slots, where later ones have N+1 positions. The first position is 0 and no size is, so the two are told apart; both are read, the later one is written.
 */

/** A format has 8 bytes: 7 digits and an `s`. */
const LARGEST_SLOT_BYTES = 9_999_992;
const UNIT = 8;

export const INT = 'q';
export const FLOAT = 'd';
export const BOOLEAN = 'xxxxxxx?';
export const NULL = 'xxxxxx?x';
export const textFormat = (bytes: number): string => `${bytes}s`;

export const AS_IT_IS = 0;
export const TEXT = 1;
export const BYTES = 2;
export const NONE = 3;

/** Where the bytes are, relative to the segment. */
export interface ListLayout {
  readonly length: number;
  /** Where each slot begins, and where the last one ends. */
  readonly slots: readonly number[];
  readonly formats: number;
  readonly codes: number;
  readonly bytes: number;
}

/** Room for `bytes` of text, as CPython gives it: always one byte more than needed, in units of 8. */
export const slotFor = (bytes: number): number => UNIT * (Math.floor(bytes / UNIT) + 1);

/** @throws RangeError when a slot is larger than its format can say. */
export function layOut(slotBytes: readonly number[]): ListLayout {
  const start = UNIT * (slotBytes.length + 2);
  const slots = [start];
  for (const bytes of slotBytes) {
    if (bytes > LARGEST_SLOT_BYTES) throw new RangeError(`ShareableList: an item of more than ${LARGEST_SLOT_BYTES - 1} bytes cannot be in a list; put it into a SharedMemory of its own.`);
    slots.push(slots[slots.length - 1]! + bytes);
  }
  return placed(slots);
}

function placed(slots: readonly number[]): ListLayout {
  const length = slots.length - 1;
  const formats = slots[length]!;
  const codes = formats + UNIT * length;
  return { length, slots, formats, codes, bytes: codes + length };
}

export function writeHead(view: DataView, { length, slots }: ListLayout): void {
  view.setBigInt64(0, BigInt(length), true);
  for (let i = 0; i <= length; i++) view.setBigInt64(UNIT * (1 + i), BigInt(slots[i]! - slots[0]!), true);
}

/** The layout that the head of a segment tells; undefined when these bytes are no list. */
export function readHead(view: DataView): ListLayout | undefined {
  if (view.byteLength < UNIT) return undefined;
  const length = Number(view.getBigInt64(0, true));
  if (length < 0 || UNIT * (length + 1) > view.byteLength) return undefined;
  // An empty list of CPython 3.8 is nothing but its length; some systems give it a page.
  if (length === 0) return placed([view.byteLength < 2 * UNIT ? UNIT : 2 * UNIT]);
  const layout = view.getBigInt64(UNIT, true) === 0n ? readPositions(view, length) : readSizes(view, length);
  return layout !== undefined && layout.bytes <= view.byteLength ? layout : undefined;
}

function readPositions(view: DataView, length: number): ListLayout | undefined {
  const start = UNIT * (length + 2);
  if (start > view.byteLength) return undefined;
  const slots = Array.from({ length: length + 1 }, (_, i) => start + Number(view.getBigInt64(UNIT * (1 + i), true)));
  return areSlots(slots) ? placed(slots) : undefined;
}

function readSizes(view: DataView, length: number): ListLayout | undefined {
  const slots = [UNIT * (length + 1)];
  for (let i = 0; i < length; i++) slots.push(slots[i]! + Number(view.getBigInt64(UNIT * (1 + i), true)));
  return areSlots(slots) ? placed(slots) : undefined;
}

const areSlots = (slots: readonly number[]): boolean => slots.every((slot, i) => slot % UNIT === 0 && (i === 0 || slot >= slots[i - 1]! + UNIT));
