/** Blocks of session memory as bytes. */
import { PAGE_BYTES } from '../session/layout.js';
import type { Block } from './block.js';
import { mapBuffer } from './windows.js';

/** Blocks above this have pages of their own; those up to it share a window with others. */
const LARGEST_SHARED_BYTES = 64 * 1024;

/** The first `length` bytes of a block. They are the block's only as long as the caller keeps the block. */
export function bytesOf(block: Block, length: number): Buffer {
  if (block.bytes <= LARGEST_SHARED_BYTES) {
    const { array, base } = block.words;
    return Buffer.from(array.buffer as ArrayBuffer, array.byteOffset + base * 4, length);
  }
  const pages = Math.ceil(length / PAGE_BYTES);
  return Buffer.from(mapBuffer(block.heap.windows.fd, block.offset, pages * PAGE_BYTES) as ArrayBuffer, 0, length);
}
