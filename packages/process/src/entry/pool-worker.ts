/**
 * What a worker of a pool loads, be it a process or a thread: the function that it runs. That `Board` is named here also keeps it, in the build, out of the file that has all of the pool.
 */
import type { MessagePort } from 'node:worker_threads';
import { decode, encode, native } from '@manycore/core/internal';
import { Link } from '@manycore/queues/internal';
import { Board } from '../pool/board.js';
import { Ferry } from '../pool/ferry.js';
import { takeNice } from '../pool/nice.js';
import { WorkerLoop } from '../pool/worker-loop.js';
import type { WorkerStart } from '../pool/start-worker.js';
import { THREAD_PORT } from '../self.js';

export async function work(link: Link, board: Board, setup: WorkerStart): Promise<void> {
  // Ctrl-C in a terminal reaches all processes: what is to happen then, the one that has the pool decides.
  if (native().isMainThread) process.on('SIGINT', () => undefined);
  const port = (globalThis as { [THREAD_PORT]?: MessagePort })[THREAD_PORT];
  const ferry = port && new Ferry(port);
  try {
    if (setup.nice !== undefined) takeNice(setup.nice);
    await new WorkerLoop(link, board, setup, ferry).run();
  } finally {
    ferry?.close();
    link.close();
  }
}

/** Takes what a worker is given, once, for the reason of `rehearse` in full.ts: by a standby. */
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
