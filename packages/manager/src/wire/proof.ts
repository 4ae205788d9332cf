/** Shows that both sides have the same shared memory: the client puts what the server gave it into a block there, and tells the server where. */
import { ManycoreError } from '@manycore/core';
import { bytesOf, session, type Block, type BlockRef } from '@manycore/core/internal';

const TYPE = 'manycore.ManagerProof';
export const NONCE_BYTES = 32;

export function newProof(nonce: Uint8Array): Block {
  const block = session().heap.allocate(64, TYPE);
  bytesOf(block, NONCE_BYTES).set(nonce.subarray(0, NONCE_BYTES));
  return block;
}

export function isProof(ref: BlockRef, nonce: Uint8Array): boolean {
  let block: Block;
  try {
    block = session().heap.acquire(ref, TYPE);
  } catch (error) {
    // There is no such block, or it is something else.
    if (ManycoreError.isInstance(error)) return false;
    throw error;
  }
  const isSame = process.getBuiltinModule('node:crypto').timingSafeEqual(bytesOf(block, NONCE_BYTES), nonce);
  session().heap.release(block);
  return isSame;
}
