import type { Memory } from './memory.js';

/**
 * Copies bytes from one memory to another, in the largest cells that are aligned, up to `align`: each number of a struct is written at once and never torn.
 *
 * @param align - of what lies there. Both places have the same distance from a multiple of it.
 */
export function moveBytes(from: Memory, fromAt: number, to: Memory, toAt: number, bytes: number, align: number): void {
  const end = toAt + bytes;
  for (let at = toAt, source = fromAt, width; at < end; at += width, source += width) {
    width = align;
    while (at % width !== 0 || at + width > end) width /= 2;
    // As integers, whatever they are: a NaN keeps its payload.
    if (width === 8) to.i64[at / 8] = from.i64[source / 8]!;
    else if (width === 4) to.u32[at / 4] = from.u32[source / 4]!;
    else if (width === 2) to.u16[at / 2] = from.u16[source / 2]!;
    else to.u8[at] = from.u8[source]!;
  }
}

/** Longer arrays and texts are copied as one: there is no promise for what lies in an array. */
export const MANY_BYTES = 256;

export function moveMany(from: Memory, fromAt: number, to: Memory, toAt: number, bytes: number): void {
  to.u8.set(from.u8.subarray(fromAt, fromAt + bytes), toAt);
}
