/**
 * A long message in its several places: the head, then the payloads. Its START entry (parts.ts) says how long it is in all, then how long each payload is, so that its reader can give each a buffer of exactly
 * its size, which becomes the value's: 64 MiB are copied into the ring and out of it, and nowhere else. Doubles, little-endian.
 */
import { constants } from 'node:buffer';
import { newBytes, type BlockRef } from '@manycore/core/internal';
import type { Outgoing } from '../connection/channel.js';
import type { Message } from '../ring-memory.js';

const NO_REFS: readonly BlockRef[] = Object.freeze([]);
/** The head. */
export const HEAD_PLACE = -1;

/** What lies in one place of a message: bytes `from` to `from + size` of the head, or of the payload with that number. */
export interface Stretch {
  readonly place: number;
  readonly from: number;
  readonly size: number;
}

/** What of a message follows its byte `at` without a break. */
export function stretchAt(head: number, payloads: readonly { readonly byteLength: number }[], at: number): Stretch {
  if (at < head) return { place: HEAD_PLACE, from: at, size: head - at };
  let from = at - head;
  let place = 0;
  for (; from >= payloads[place]!.byteLength; place++) from -= payloads[place]!.byteLength;
  return { place, from, size: payloads[place]!.byteLength - from };
}

export function startOf({ length, payloads }: Outgoing): Message {
  const lengths = new Float64Array([length, ...payloads.map(({ byteLength }) => byteLength)]);
  return { bytes: new Uint8Array(lengths.buffer), words: new Int32Array(lengths.buffer), length: lengths.byteLength, refs: NO_REFS };
}

/** The lengths in a START entry; undefined when they cannot be. */
export function readStart(bytes: Buffer, length: number): { readonly total: number; readonly head: number; readonly payloads: readonly number[] } | undefined {
  if (length < 8 || length % 8 !== 0) return undefined;
  const total = bytes.readDoubleLE(0);
  const payloads: number[] = [];
  let head = total;
  for (let at = 8; at < length; at += 8) {
    const size = bytes.readDoubleLE(at);
    if (!isLength(size)) return undefined;
    payloads.push(size);
    head -= size;
  }
  return isLength(head) ? { total, head, payloads } : undefined;
}

const isLength = (size: number): boolean => Number.isInteger(size) && size > 0 && size <= constants.MAX_LENGTH;

export const newPayload = (length: number): ArrayBuffer => newBytes(length).buffer;
