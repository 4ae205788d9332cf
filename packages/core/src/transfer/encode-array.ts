/** Arrays to bytes: numbers packed, holes kept, named properties kept, vast empty stretches left out. */
import { inspect } from 'node:util';
import type { Encoder } from './encoder.js';
import { BULK_NUMBERS, Tag } from './tag.js';

const hasOwn = Object.prototype.hasOwnProperty;

export function writeArray(out: Encoder, array: readonly unknown[]): void {
  const { length } = array;
  out.reserve(20);
  const start = out.pos;
  if (length > 0 && typeof array[0] === 'number' && writeNumbers(out, array as readonly number[])) {
    if (hasNamedProperties(array, 0)) addNamed(out, start, array);
    return;
  }
  if (isSparse(array)) {
    writeSparse(out, array);
    return;
  }
  out.bytes[out.pos++] = Tag.Array;
  out.varint(length);
  const { depth, path } = out;
  out.depth = depth + 1;
  let holes = 0;
  for (let i = 0; i < length; i++) {
    const element = array[i];
    if (element === undefined && !hasOwn.call(array, i)) {
      holes++;
      out.byte(Tag.Hole);
    } else {
      path[depth] = i;
      out.value(element);
    }
  }
  out.depth = depth;
  if (hasNamedProperties(array, holes)) addNamed(out, start, array);
}

/** Writes an array that consists of numbers alone; returns false, with nothing written, when it does not. */
function writeNumbers(out: Encoder, array: readonly number[]): boolean {
  const { length } = array;
  const start = out.pos;
  const wide = hasWideNumber(array);
  if (wide === undefined) return false;
  out.bytes[out.pos++] = wide ? Tag.DoubleArray : Tag.Int32Array;
  out.varint(length);
  if (length >= BULK_NUMBERS) out.align();
  out.reserve(wide ? length * 8 : length * 4);
  const { view } = out;
  let { pos } = out;
  if (wide) {
    for (let i = 0; i < length; i++, pos += 8) view.setFloat64(pos, array[i]!, true);
  } else {
    for (let i = 0; i < length; i++, pos += 4) view.setInt32(pos, array[i]!, true);
  }
  out.pos = pos;
  return pos > start;
}

/** Whether a number in the array is no 32-bit integer; undefined when something in it is no number. */
function hasWideNumber(array: readonly unknown[]): boolean | undefined {
  const { length } = array;
  let i = 0;
  for (; i < length; i++) {
    const element = array[i];
    if (typeof element !== 'number') return undefined;
    if ((element | 0) !== element || (element === 0 && 1 / element < 0)) break;
  }
  if (i === length) return false;
  for (; i < length; i++) if (typeof array[i] !== 'number') return undefined;
  return true;
}

/** From this length on, asking `inspect` is cheaper than listing the values. */
const MANY_ELEMENTS = 256;
const ONLY_NAMED = { maxArrayLength: 0, depth: 0, customInspect: false, breakLength: Infinity, compact: true, getters: false };

/**
 * Whether an array has enumerable properties besides its elements. The language has no way to ask that without listing all indices as
 * strings; `Object.values` makes no strings, and `inspect` is the one place where Node lists the named properties alone. What it prints
 * for an array without any is compared exactly, so that a change of its format costs time and nothing else.
 */
function hasNamedProperties(array: readonly unknown[], holes: number): boolean {
  const { length } = array;
  // Without elements, V8 has the keys at hand.
  if (length === holes) return Object.keys(array).length > 0;
  if (length < MANY_ELEMENTS) return Object.values(array).length !== length - holes;
  const printed = inspect(array, ONLY_NAMED);
  return printed !== `[ ... ${length} more items ]` && namedKeys(array).length > 0;
}

function namedKeys(array: readonly unknown[]): string[] {
  return Object.keys(array).filter((key) => !isIndex(key));
}

function isIndex(key: string): boolean {
  const index = Number(key) >>> 0;
  return index !== 0xffff_ffff && String(index) === key;
}

/** Adds named properties to an array that is written, and says so in its tag. */
function addNamed(out: Encoder, start: number, array: readonly unknown[]): void {
  out.bytes[start]! += Tag.NamedArray - Tag.Array;
  out.properties(array, namedKeys(array));
}

/** Arrays this long are looked at in a few places before they are walked: `[][4e9] = 1` must not take minutes. */
const LONG_ARRAY = 1024;
const PROBES = 64;

function isSparse(array: readonly unknown[]): boolean {
  const { length } = array;
  if (length < LONG_ARRAY) return false;
  let absent = 0;
  for (let probe = 0; probe < PROBES; probe++) {
    if (!hasOwn.call(array, Math.floor((probe * length) / PROBES))) absent++;
  }
  return absent > PROBES / 2;
}

function writeSparse(out: Encoder, array: readonly unknown[]): void {
  const start = out.pos;
  const keys = Object.keys(array);
  const indices = keys.filter(isIndex);
  out.byte(Tag.SparseArray);
  out.varint(array.length);
  out.varint(indices.length);
  const { depth, path } = out;
  out.depth = depth + 1;
  for (const key of indices) {
    const index = Number(key);
    path[depth] = index;
    out.varint(index);
    out.value(array[index]);
  }
  out.depth = depth;
  if (keys.length > indices.length) addNamed(out, start, array);
}
