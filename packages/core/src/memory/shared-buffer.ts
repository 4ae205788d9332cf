/**
 * Bytes in shared memory that users hold directly: each buffer has a mapping of its own, so that `view.buffer` shows nothing of anybody else.
 */
import { writeSync } from 'node:fs';
import { NativeError, OutOfMemoryError, RemoteError } from '../errors.js';
import { describe } from '../parking/deadline.js';
import { PAGE_BYTES } from '../session/layout.js';
import { session } from '../session/session.js';
import { registerShareable } from '../transfer/shareable.js';
import type { Block } from './block.js';
import { mappedBuffers } from './mapped-buffers.js';
import { MAX_BLOCK_BYTES } from './objects.js';

const TYPE = 'manycore.buffer';
/** From this on it is faster to write into the memory file than to fault in each page and to have V8 copy (64 MiB: 25 ms instead of 46). */
const WRITTEN_BYTES = 65_536;
/** In one call, which takes 32-bit lengths. */
const MOST_AT_ONCE = 2 ** 30;

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
  return bytesOver(allocate('sharedBuffer', bytes), bytes);
}

/** As `sharedBuffer`, with a copy of `source` in it, for `call`. @throws OutOfMemoryError, NativeError; then nothing is left. */
export function sharedCopy(call: string, source: Uint8Array): Uint8Array {
  const block = allocate(call, source.length);
  const isWritten = source.length >= WRITTEN_BYTES;
  if (isWritten) write(call, block, source);
  const bytes = bytesOver(block, source.length);
  if (!isWritten) bytes.set(source);
  return bytes;
}

function allocate(call: string, bytes: number): Block {
  if (bytes > MAX_BLOCK_BYTES) throw new OutOfMemoryError(`${call}: ${bytes} bytes are more than a block can have (${MAX_BLOCK_BYTES}).`);
  return session().heap.allocate(Math.max(1, Math.ceil(bytes / PAGE_BYTES)) * PAGE_BYTES, TYPE);
}

const bytesOver = (block: Block, bytes: number): Uint8Array => new Uint8Array(mappedBuffers().of(block, TYPE, Math.max(1, bytes)), 0, bytes);

function write(call: string, block: Block, source: Uint8Array): void {
  const { heap } = session();
  try {
    for (let done = 0; done < source.length;) done += writeSync(heap.windows.fd, source, done, Math.min(source.length - done, MOST_AT_ONCE), block.offset + done);
  } catch (cause) {
    heap.release(block);
    throw new NativeError(`${call}: ${source.length} bytes could not be written into shared memory: ${(cause as Error).message}`, { cause });
  }
}
