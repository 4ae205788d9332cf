/**
 * Who keeps an object alive: threads that hold it, and bundles. When the last lets go, or dies, the object is condemned and its memory given back.
 *
 * A thread's holdings are a list in shared memory beside its slot, so that anybody can drop them after its death. A bundle is a block that lists objects, and is itself owned by an
 * object (a queue, a process record): the objects mentioned in a message that waits inside. It keeps them alive when the sender is long gone.
 *
 * Everything here runs inside a transaction, except `drainCondemned`, which is a row of transactions: what it has not reached when it is killed stays on the list.
 */
import { ClosedError } from '../errors.js';
import { HEADER_CONDEMNED, HOLDINGS, HOLDINGS_PER_SLOT, SLOT_HOLD_COUNT, SLOT_TABLE, SLOT_WORDS } from '../session/layout.js';
import { OutOfMemoryError } from '../errors.js';
import type { BlockRef } from '../transfer/shareable.js';
import { free } from './allocator.js';
import {
  blockOffset, entryOf, inUse, isLarge, isObjectId, OBJECT_CLASS, OBJECT_FIRST_BUNDLE, OBJECT_HOLDERS, OBJECT_NEXT, OBJECT_OWNER, OBJECT_PREVIOUS, OBJECT_STATE, OBJECT_TYPE,
  typeNumber,
} from './objects.js';
import type { Transaction } from './transaction.js';

const BUNDLE_TYPE = typeNumber('manycore.bundle');
/** How many objects one transaction adds to or drops from a bundle; each takes a few of the undo log's entries. */
const CHUNK = 64;

const holdCount = (slot: number): number => SLOT_TABLE + slot * SLOT_WORDS + SLOT_HOLD_COUNT;
const holding = (slot: number, index: number): number => HOLDINGS + slot * HOLDINGS_PER_SLOT + index;

/** Refuses a reference whose object is gone or was never one. */
export function verify(tx: Transaction, ref: BlockRef): void {
  if (isObjectId(ref.id) && tx.load(entryOf(ref.id) + OBJECT_STATE) === inUse(ref.generation)) return;
  throw new ClosedError('manycore: the shared object no longer exists: nobody held it any more and its memory was given back.');
}

/** Writes a hold of `slot` on the object; returns its index in the slot's list. */
export function addHold(tx: Transaction, slot: number, id: number): number {
  const index = tx.load(holdCount(slot));
  if (index === HOLDINGS_PER_SLOT) throw new OutOfMemoryError(`manycore: one thread holds ${HOLDINGS_PER_SLOT} shared objects, which is the limit. Drop some first.`);
  tx.store(holding(slot, index), id);
  tx.store(holdCount(slot), index + 1);
  tx.add(entryOf(id) + OBJECT_HOLDERS, 1);
  return index;
}

/** Drops the hold at `index`; the last of the list takes its place. Returns the object that moved there, 0 when none did. */
export function removeHold(tx: Transaction, slot: number, index: number): number {
  const last = tx.load(holdCount(slot)) - 1;
  const id = tx.load(holding(slot, index));
  const moved = index === last ? 0 : tx.load(holding(slot, last));
  if (moved !== 0) tx.store(holding(slot, index), moved);
  tx.store(holdCount(slot), last);
  letGo(tx, id);
  return moved;
}

/** Drops the last hold of a slot; false when it holds nothing. */
export function removeLastHold(tx: Transaction, slot: number): boolean {
  const count = tx.load(holdCount(slot));
  if (count === 0) return false;
  removeHold(tx, slot, count - 1);
  return true;
}

/** Ends one hold, whoever's it was. */
export function letGo(tx: Transaction, id: number): void {
  if (tx.add(entryOf(id) + OBJECT_HOLDERS, -1) === 0) condemn(tx, id);
}

function condemn(tx: Transaction, id: number): void {
  tx.store(entryOf(id) + OBJECT_NEXT, tx.load(HEADER_CONDEMNED));
  tx.store(HEADER_CONDEMNED, id);
}

// --- bundles: block words are [count, id, id, …] ---

export const bundleBytes = (count: number): number => 4 * (1 + count);
export { BUNDLE_TYPE };

const bundleWord = (tx: Transaction, bundle: number): number => blockOffset(tx, bundle) / 4;

/** Links a new, empty bundle to its owner. */
export function linkBundle(tx: Transaction, bundle: number, owner: number): void {
  const first = tx.load(entryOf(owner) + OBJECT_FIRST_BUNDLE);
  tx.store(entryOf(bundle) + OBJECT_NEXT, first);
  tx.store(entryOf(bundle) + OBJECT_OWNER, owner);
  if (first !== 0) tx.store(entryOf(first) + OBJECT_PREVIOUS, bundle);
  tx.store(entryOf(owner) + OBJECT_FIRST_BUNDLE, bundle);
}

/** Adds as many of `refs`, from `from` on, as one transaction can; returns where to go on. */
export function fillBundle(tx: Transaction, bundle: number, refs: readonly BlockRef[], from: number): number {
  const base = bundleWord(tx, bundle);
  const end = Math.min(refs.length, from + CHUNK);
  for (let i = from; i < end; i++) {
    const ref = refs[i]!;
    verify(tx, ref);
    tx.add(entryOf(ref.id) + OBJECT_HOLDERS, 1);
    tx.store(base + 1 + i, ref.id);
  }
  tx.store(base, end);
  return end;
}

/** @param owner - whose it has to be; undefined for anybody's. */
export function isBundle(tx: Transaction, id: number, owner: number | undefined): boolean {
  if (!isObjectId(id) || (tx.load(entryOf(id) + OBJECT_STATE) & 1) !== 1 || tx.load(entryOf(id) + OBJECT_TYPE) !== BUNDLE_TYPE) return false;
  return owner === undefined || tx.load(entryOf(id) + OBJECT_OWNER) === owner;
}

export function bundleSize(tx: Transaction, bundle: number): number {
  return tx.load(bundleWord(tx, bundle));
}

export function bundleMember(tx: Transaction, bundle: number, index: number): number {
  return tx.load(bundleWord(tx, bundle) + 1 + index);
}

/** Takes a bundle from its owner and condemns it; its members are let go by `drainCondemned`. */
export function dropBundle(tx: Transaction, bundle: number): void {
  const entry = entryOf(bundle);
  const next = tx.load(entry + OBJECT_NEXT);
  const previous = tx.load(entry + OBJECT_PREVIOUS);
  if (next !== 0) tx.store(entryOf(next) + OBJECT_PREVIOUS, previous);
  if (previous !== 0) tx.store(entryOf(previous) + OBJECT_NEXT, next);
  else tx.store(entryOf(tx.load(entry + OBJECT_OWNER)) + OBJECT_FIRST_BUNDLE, next);
  tx.store(entry + OBJECT_OWNER, 0);
  condemn(tx, bundle);
}

/** Gives back the memory of everything condemned. Call it under the memory lock, outside of a transaction. `punch` gives pages back to the kernel. */
export function drainCondemned(tx: Transaction, punch: (offset: number, length: number) => void): void {
  for (let id = tx.load(HEADER_CONDEMNED); id !== 0; id = tx.load(HEADER_CONDEMNED)) {
    const entry = entryOf(id);
    if (tx.load(entry + OBJECT_TYPE) === BUNDLE_TYPE && bundleSize(tx, id) > 0) {
      tx.run(() => dropMembers(tx, id));
    } else if (tx.load(entry + OBJECT_FIRST_BUNDLE) !== 0) {
      tx.run(() => dropBundle(tx, tx.load(entry + OBJECT_FIRST_BUNDLE)));
    } else {
      const sizeClass = tx.load(entry + OBJECT_CLASS);
      if (isLarge(sizeClass)) punch(blockOffset(tx, id), 2 ** sizeClass);
      tx.run(() => {
        tx.store(HEADER_CONDEMNED, tx.load(entry + OBJECT_NEXT));
        free(tx, id);
      });
    }
  }
}

/**
 * Lets go of up to a chunk of a condemned bundle's members. Those that are condemned in turn land on the list in front of the bundle, which is found again behind them.
 */
function dropMembers(tx: Transaction, bundle: number): void {
  const base = bundleWord(tx, bundle);
  const count = tx.load(base);
  const rest = Math.max(0, count - CHUNK);
  for (let i = count; i > rest; i--) letGo(tx, tx.load(base + i));
  tx.store(base, rest);
}
