/**
 * Bytes in shared memory that users hold directly: each buffer has a mapping of its own, so that `view.buffer` shows nothing of anybody else.
 */
import { OutOfMemoryError, RemoteError } from '../errors.js';
import { describe } from '../parking/deadline.js';
import { PAGE_BYTES } from '../session/layout.js';
import { session } from '../session/session.js';
import { registerShareable } from '../transfer/shareable.js';
import { mappedBuffers } from './mapped-buffers.js';
import { MAX_BLOCK_BYTES } from './objects.js';

const TYPE = 'manycore.buffer';

registerShareable(TYPE, {
  module: import.meta.url,
  rebuild: (ref, state) => {
    const block = session().heap.acquire(ref, TYPE);
    // More than the block would be memory of others.
    if (!Number.isInteger(state) || (state as number) < 1 || (state as number) > block.bytes) {
      throw new RemoteError(`manycore: a buffer of ${describe(state)} bytes was received for a block of ${block.bytes}.`);
    }
    return mappedBuffers().of(block, TYPE, state as number);
  },
});

/**
 * Allocates zeroed bytes in shared memory. Does not block.
 *
 * The view, any view over its buffer, and any part of it travel by reference: in process arguments, queue items and wherever else values go, they arrive as views on the same
 * memory. It is given back when no process and no message holds it any more, or all that did are dead. The buffer is a SharedArrayBuffer of whole pages (4096 bytes).
 *
 * Memory: plain reads and writes of several processes race like those of threads; order them with a lock, a queue, or `Atomics`.
 *
 * @param bytes - length of the view, a whole number >= 0.
 * @throws TypeError, RangeError for a length that is none; OutOfMemoryError when the session's budget is used up.
 */
export function sharedBuffer(bytes: number): Uint8Array {
  if (typeof bytes !== 'number') throw new TypeError(`sharedBuffer: length must be a number of bytes, got ${describe(bytes)}.`);
  if (!Number.isInteger(bytes) || bytes < 0) throw new RangeError(`sharedBuffer: length must be a whole number >= 0, got ${bytes}.`);
  if (bytes > MAX_BLOCK_BYTES) throw new OutOfMemoryError(`sharedBuffer: ${bytes} bytes are more than a block can have (${MAX_BLOCK_BYTES}).`);
  const length = Math.max(1, bytes);
  const pages = Math.ceil(length / PAGE_BYTES);
  const block = session().heap.allocate(pages * PAGE_BYTES, TYPE);
  return new Uint8Array(mappedBuffers().of(block, TYPE, length), 0, bytes);
}
