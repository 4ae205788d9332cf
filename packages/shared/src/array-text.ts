/** The text in an array of characters. */
import { describe } from '@manycore/core/internal';
import type { Store } from './element.js';
import { ScalarStore } from './scalar.js';

export const isText = (store: Store<unknown>): store is ScalarStore => store instanceof ScalarStore && (store.scalar.kind === 'bytes' || store.scalar.kind === 'text');

/** @throws TypeError for an array of anything but characters. */
export function mustBeText(store: Store<unknown>, where: string): asserts store is ScalarStore {
  if (!isText(store)) throw new TypeError(`${where}: only for arrays of characters ('c' or 'u').`);
}

/** Up to the first NUL. */
export function textIn(store: ScalarStore): string {
  const end = (store.cells as Uint8Array).indexOf(0);
  return store.text(0, end < 0 ? store.cells.length : end);
}

/** Puts text there, and a NUL behind it where there is room. @throws TypeError, RangeError; nothing is changed then. */
export function putText(store: Store<unknown>, text: unknown, where: string): void {
  mustBeText(store, where);
  if (typeof text !== 'string') throw new TypeError(`${where}: expected a string, got ${describe(text)}.`);
  const { cells } = store;
  const { coding } = store.scalar;
  const codes = Array.from(text, (character) => coding.toRaw(character, where) as number);
  if (codes.length > cells.length) throw new RangeError(`${where}: ${codes.length} characters are more than there is room for (${cells.length}).`);
  if (codes.length < cells.length) codes.push(0);
  (cells as Uint8Array).set(codes);
}
