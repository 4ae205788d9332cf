/** Copies of typed arrays in shared memory. */
import { types } from 'node:util';
import { backingOf, describe, sharedCopy } from '@manycore/core/internal';

type View = ArrayBufferView<ArrayBufferLike>;

interface ViewConstructor {
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): View;
}

/**
 * The same data in shared memory: put it there once, and hand it to any number of processes and threads without a copy. Does not block.
 *
 * The result is a view of the same kind (a Buffer for a Buffer) over memory of its own. It, and any view over a part of it, travels by reference. A view that lies in shared memory of this project already is
 * returned as it is. The memory is given back when no process and no message holds it any more.
 *
 * @param view - a TypedArray, a Buffer or a DataView.
 * @throws TypeError for anything else; OutOfMemoryError when the session's budget is used up; NativeError when the system refuses the bytes. Then nothing is left.
 */
export function share<V extends View>(view: V): V {
  if (!ArrayBuffer.isView(view)) throw new TypeError(`share: expected a TypedArray, a Buffer or a DataView, got ${describe(view)}.`);
  if (backingOf(view.buffer) !== undefined) return view;
  const bytes = sharedCopy('share', new Uint8Array(view.buffer, view.byteOffset, view.byteLength));
  if (Buffer.isBuffer(view)) return Buffer.from(bytes.buffer as ArrayBuffer, 0, view.byteLength) as unknown as V;
  // Not `view.constructor`: a subclass may want other arguments.
  const View = types.isDataView(view) ? DataView : (globalThis as unknown as Record<string, ViewConstructor>)[(view as unknown as { [Symbol.toStringTag]: string })[Symbol.toStringTag]]!;
  return new View(bytes.buffer as ArrayBuffer, 0, types.isDataView(view) ? view.byteLength : (view as unknown as { length: number }).length) as V;
}
