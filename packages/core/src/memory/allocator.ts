/**
 * Hands out blocks of session memory and takes them back.
 *
 * Small classes (64 bytes to 64 KiB) are cut from slabs of 64 KiB; larger ones are powers of two from a bump pointer over a practically endless sparse file, and their pages are
 * given back to the kernel when they are freed. Free blocks keep their object number and are listed by class, so taking one again is a pop.
 *
 * All of it changes only inside a transaction under the memory lock (transaction.ts): a kill leaves either the old or the new state. Two things are outside of transactions
 * because they are not words: zeroing a small block (done before its transaction commits, while nobody can reach it) and giving pages back (done while the object is on the
 * condemned list, and harmless to do twice).
 *
 * The budget counts pages: slabs when they are cut, large blocks by what their owner says it will touch (`charge`). A memory-limited container kills a process that touches too
 * much (trap T9), so the refusal has to come from here.
 */
import { OutOfMemoryError } from '../errors.js';
import {
  ARENA_BYTES, HEADER_CLASS_FREE, HEADER_CLASS_LEFT, HEADER_CLASS_NEXT, HEADER_LIMIT_PAGES, HEADER_NEXT_LARGE, HEADER_NEXT_OBJECT, HEADER_NEXT_SLAB,
  HEADER_USED_PAGES, LARGE_BYTES, LARGE_UNIT_BYTES, MEMORY_BYTES, OBJECT_COUNT, PAGE_BYTES, SLAB_BYTES, SMALLEST_CLASS,
} from '../session/layout.js';
import {
  blockOffset, classOf, entryOf, inUse, isLarge, MAX_BLOCK_BYTES, nextGeneration, OBJECT_CLASS, OBJECT_FIRST_BUNDLE, OBJECT_HOLDERS, OBJECT_NEXT, OBJECT_OWNER, OBJECT_PAGES,
  OBJECT_PREVIOUS, OBJECT_STATE, OBJECT_TYPE, setBlockOffset,
} from './objects.js';
import type { Transaction } from './transaction.js';

const SLAB_PAGES = SLAB_BYTES / PAGE_BYTES;

/** Adds `pages` to what `id` is charged for. @throws OutOfMemoryError when the budget does not allow it. */
export function charge(tx: Transaction, id: number, pages: number): void {
  const used = tx.load(HEADER_USED_PAGES);
  const limit = tx.load(HEADER_LIMIT_PAGES);
  if (pages > 0 && used + pages > limit) {
    const mib = (count: number): string => `${Math.ceil((count * PAGE_BYTES) / 2 ** 20)} MiB`;
    throw new OutOfMemoryError(
      `manycore: ${mib(pages)} more of shared memory are needed, but ${mib(used)} of the session's ${mib(limit)} are in use. Nothing was changed. ` +
        'Consume or drop shared objects, or raise the budget: configure({ memoryLimit }) before the first use, or MANYCORE_MEMORY_LIMIT (bytes).',
    );
  }
  tx.store(HEADER_USED_PAGES, used + pages);
  if (id !== 0) tx.add(entryOf(id) + OBJECT_PAGES, pages);
}

/** Allocates a zeroed block of at least `bytes`; returns its object number. The caller sets its holders. `zero` clears a small block that was used before. */
export function allocate(tx: Transaction, bytes: number, type: number, zero: (offset: number, length: number) => void): number {
  if (bytes > MAX_BLOCK_BYTES) throw new OutOfMemoryError(`manycore: a block of ${bytes} bytes is larger than any block can be (${MAX_BLOCK_BYTES} bytes).`);
  const sizeClass = classOf(bytes);
  const id = takeFree(tx, sizeClass, zero) ?? cut(tx, sizeClass);
  const entry = entryOf(id);
  tx.store(entry + OBJECT_STATE, inUse(nextGeneration(tx.load(entry + OBJECT_STATE) >>> 1)));
  tx.store(entry + OBJECT_TYPE, type);
  for (const word of [OBJECT_HOLDERS, OBJECT_PAGES, OBJECT_NEXT, OBJECT_PREVIOUS, OBJECT_FIRST_BUNDLE, OBJECT_OWNER]) tx.store(entry + word, 0);
  return id;
}

function takeFree(tx: Transaction, sizeClass: number, zero: (offset: number, length: number) => void): number | undefined {
  const head = HEADER_CLASS_FREE + sizeClass;
  const id = tx.load(head);
  if (id === 0) return undefined;
  tx.store(head, tx.load(entryOf(id) + OBJECT_NEXT));
  // Large blocks were given back to the kernel, and read as zero.
  if (!isLarge(sizeClass)) zero(blockOffset(tx, id), 2 ** sizeClass);
  return id;
}

/** A block that nobody had before. Memory never touched reads as zero. */
function cut(tx: Transaction, sizeClass: number): number {
  const offset = isLarge(sizeClass) ? cutLarge(tx, sizeClass) : cutSmall(tx, sizeClass);
  const id = newObjectNumber(tx);
  tx.store(entryOf(id) + OBJECT_CLASS, sizeClass);
  setBlockOffset(tx, id, offset);
  return id;
}

function cutSmall(tx: Transaction, sizeClass: number): number {
  const next = HEADER_CLASS_NEXT + sizeClass - SMALLEST_CLASS;
  const left = HEADER_CLASS_LEFT + sizeClass - SMALLEST_CLASS;
  const perSlab = SLAB_BYTES / 2 ** sizeClass;
  if (tx.load(left) === 0) {
    const slab = tx.load(HEADER_NEXT_SLAB);
    if (ARENA_BYTES + (slab + 1) * SLAB_BYTES > LARGE_BYTES) throw new OutOfMemoryError('manycore: the session has no room left for small blocks.');
    charge(tx, 0, SLAB_PAGES);
    tx.store(HEADER_NEXT_SLAB, slab + 1);
    tx.store(next, slab);
    tx.store(left, perSlab);
  }
  const remaining = tx.add(left, -1);
  return ARENA_BYTES + tx.load(next) * SLAB_BYTES + (perSlab - 1 - remaining) * 2 ** sizeClass;
}

function cutLarge(tx: Transaction, sizeClass: number): number {
  const unit = tx.load(HEADER_NEXT_LARGE);
  const offset = LARGE_BYTES + unit * LARGE_UNIT_BYTES;
  if (offset + 2 ** sizeClass > MEMORY_BYTES) throw new OutOfMemoryError('manycore: the session has no address range left for large blocks.');
  tx.store(HEADER_NEXT_LARGE, unit + 2 ** sizeClass / LARGE_UNIT_BYTES);
  return offset;
}

function newObjectNumber(tx: Transaction): number {
  const id = Math.max(1, tx.load(HEADER_NEXT_OBJECT));
  if (id >= OBJECT_COUNT) throw new OutOfMemoryError(`manycore: the session has ${OBJECT_COUNT} shared objects, which is the limit. Drop some first.`);
  tx.store(HEADER_NEXT_OBJECT, id + 1);
  return id;
}

/** Puts a block back on the list of its class. Its pages, if it is large, are given back already. */
export function free(tx: Transaction, id: number): void {
  const entry = entryOf(id);
  const pages = tx.load(entry + OBJECT_PAGES);
  if (pages !== 0) charge(tx, id, -pages);
  const head = HEADER_CLASS_FREE + tx.load(entry + OBJECT_CLASS);
  tx.store(entry + OBJECT_STATE, tx.load(entry + OBJECT_STATE) & ~1);
  tx.store(entry + OBJECT_NEXT, tx.load(head));
  tx.store(head, id);
}
