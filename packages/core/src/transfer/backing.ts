/**
 * Buffers that lie in session memory: they and every view on them are sent by reference.
 *
 * The code that hands out such a buffer tells its record here; the type named in the record rebuilds it as an `ArrayBuffer` or
 * `SharedArrayBuffer` over the same memory on the other side.
 */
import type { ShareRecord } from './shareable.js';

// One table per thread, shared by all copies of this package: the copy that made a buffer need not be the one that sends it.
const TABLE = Symbol.for('manycore.backings@1');
const backings = ((globalThis as Record<symbol, unknown>)[TABLE] ??= new WeakMap<ArrayBufferLike, ShareRecord>()) as WeakMap<
  ArrayBufferLike,
  ShareRecord
>;

/** Says that `buffer` lies in session memory. The record is kept as long as the buffer; a second call replaces it. */
export function registerBacking(buffer: ArrayBufferLike, record: ShareRecord): void {
  backings.set(buffer, record);
}

export function backingOf(buffer: ArrayBufferLike): ShareRecord | undefined {
  return backings.get(buffer);
}
