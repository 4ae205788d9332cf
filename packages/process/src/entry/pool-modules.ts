/**
 * All that a worker of a pool needs before its first task, for a standby to import ahead. That `Board` is named here also keeps it in a file of its own in the build: workers would load the whole pool with it.
 */
import { decode, encode } from '@manycore/core/internal';
import { Link } from '@manycore/queues/internal';
import { Board } from '../pool/board.js';

export { work } from './pool-worker.js';

/** Takes what a worker is given, once, for the reason of `rehearse` in full.ts. */
export function rehearse(): void {
  const [mine, theirs] = Link.pair();
  const board = Board.create();
  try {
    const { bytes, length } = encode([theirs, board], 'rehearsal');
    const [link, copy] = decode(Buffer.from(bytes.buffer, bytes.byteOffset, length), 0, length) as [Link, Board];
    link.close();
    copy.release();
  } finally {
    board.release();
    theirs.close();
    mine.close();
  }
}
