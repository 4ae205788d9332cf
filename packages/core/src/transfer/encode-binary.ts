/**
 * Buffers and views to bytes.
 *
 * A view is written as a view on its buffer, and the buffer as an object of its own: two views over one buffer stay over one buffer. A
 * buffer in session memory is written as a reference to its block. Buffers of Node's pool are the exception, see `buffer-pool.ts`.
 */
import { types } from 'node:util';
import { backingOf } from './backing.js';
import type { Encoder } from './encoder.js';
import { writeShare } from './encode-share.js';
import { isPooled } from './buffer-pool.js';
import { Tag } from './tag.js';
import { viewKind } from './view-kind.js';

type MaybeResizable = ArrayBufferLike & { readonly resizable?: boolean; readonly maxByteLength?: number };

export function writeView(out: Encoder, view: ArrayBufferView): void {
  if (isPooled(view)) {
    out.byte(Tag.Buffer);
    writePayload(out, view as Buffer);
    return;
  }
  const buffer = view.buffer as MaybeResizable;
  const length = types.isDataView(view) ? view.byteLength : (view as Uint8Array).length;
  out.byte(Tag.View);
  out.byte(viewKind(view));
  out.varint(view.byteOffset);
  out.varint(buffer.resizable === true && followsLength(out, view) ? 0 : length + 1);
  out.value(buffer);
}

/**
 * Whether a view follows the length of its resizable buffer. Nothing tells directly; but when the buffer ends where the view starts, a view
 * of fixed length is out of bounds while one that follows is merely empty. Tried on a clone.
 */
function followsLength(out: Encoder, view: ArrayBufferView): boolean {
  let clone: ArrayBufferView;
  try {
    clone = structuredClone(view);
  } catch (cause) {
    throw out.refused('is a view that lies outside of its buffer, which was made smaller', cause);
  }
  const buffer = clone.buffer as unknown as { readonly maxByteLength: number; resize(bytes: number): void };
  if (clone.byteLength === 0) {
    buffer.resize(buffer.maxByteLength);
    return clone.byteLength > 0;
  }
  buffer.resize(clone.byteOffset);
  try {
    // These throw for a view that is out of bounds.
    if (types.isDataView(clone)) return clone.byteLength === 0;
    return (clone as Uint8Array).at(0) === undefined;
  } catch {
    return false;
  }
}

export function writeBuffer(out: Encoder, buffer: ArrayBufferLike): void {
  const record = backingOf(buffer);
  if (record !== undefined) {
    writeShare(out, record);
    return;
  }
  if (types.isSharedArrayBuffer(buffer)) {
    throw out.refused(
      'is (or is a view on) a SharedArrayBuffer of this process alone; use sharedBuffer() or share() for memory others can see',
    );
  }
  const bytes = bytesOf(out, buffer);
  const { resizable, maxByteLength } = buffer as MaybeResizable;
  if (out.givingAway) out.giveAway(buffer);
  if (resizable === true) {
    out.byte(Tag.ResizableBuffer);
    out.varint(bytes.length);
    out.varint(maxByteLength!);
    out.align();
    out.raw(bytes);
  } else if (out.leaveApart(bytes)) {
    out.byte(Tag.ApartBuffer);
    out.varint(bytes.length);
  } else {
    out.byte(Tag.ArrayBuffer);
    writePayload(out, bytes);
  }
}

function writePayload(out: Encoder, bytes: Uint8Array): void {
  out.varint(bytes.length);
  out.align();
  out.raw(bytes);
}

function bytesOf(out: Encoder, buffer: ArrayBuffer): Uint8Array {
  try {
    return new Uint8Array(buffer);
  } catch (cause) {
    throw out.refused('is (or is a view on) an ArrayBuffer that was detached', cause);
  }
}
