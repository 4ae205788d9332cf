/** The function that a worker of a pool runs, be it a process or a thread. */
import type { MessagePort } from 'node:worker_threads';
import { native } from '@manycore/core/internal';
import type { Link } from '@manycore/queues/internal';
import type { Board } from '../pool/board.js';
import { Ferry } from '../pool/ferry.js';
import { takeNice } from '../pool/nice.js';
import { WorkerLoop } from '../pool/worker-loop.js';
import type { WorkerSetup } from '../pool/start-worker.js';
import { THREAD_PORT } from '../self.js';

export async function work(link: Link, board: Board, setup: WorkerSetup): Promise<void> {
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
