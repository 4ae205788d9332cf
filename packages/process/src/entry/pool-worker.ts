/**
 * What a worker of a pool loads, be it a process or a thread: the function that it runs. That `Board` is named here also keeps it, in the build, out of the file that has all of the pool.
 */
import type { MessagePort } from 'node:worker_threads';
import { decode, encode, encodeApart, native, type Encoded, type TargetName } from '@manycore/core/internal';
import { Link, type Received } from '@manycore/queues/internal';
import { Board } from '../pool/board.js';
import { Ferry } from '../pool/ferry.js';
import { takeNice } from '../pool/nice.js';
import { addWords, CALL, DEFINE, DONE, setWords, Words } from '../pool/protocol.js';
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

/** Calls it twice, to take both ways that a task can take. */
export const rehearsed = (value: unknown): unknown => value;

/** Does the work of a worker once, for the reason of `rehearse` in full.ts: by a standby, between its own two ends of a link. */
export async function rehearse(): Promise<void> {
  const [mine, theirs] = Link.pair();
  const board = Board.create();
  const put = (message: Encoded, sequence: number, what: number): void => {
    setWords(addWords(message), 0, sequence, what, 0, 0);
    mine.send(message);
  };
  try {
    const setup: WorkerStart = { id: 0, maxMemory: 0, nice: undefined, hasInitializer: false, isPristine: true };
    const { bytes, length } = encode([theirs, board, setup, undefined], 'rehearsal');
    const [link, copy] = decode(Buffer.from(bytes.buffer, bytes.byteOffset, length), 0, length) as [Link, Board];
    const target: TargetName = { kind: 'export', url: import.meta.url, path: ['rehearsed'], isMain: false, match: 'identity' };
    put(encode(target, 'rehearsal'), 0, DEFINE);
    const running = new WorkerLoop(link, copy, setup, undefined).run();
    for (const sequence of [1, 2]) {
      board.post(0, sequence);
      put(encodeApart([sequence], 'rehearsal'), sequence, CALL);
      while (!isOutcome(mine.take())) await mine.whenReady();
    }
    mine.close();
    await running;
    link.close();
    copy.release();
  } finally {
    board.release();
    theirs.close();
    mine.close();
  }
}

const isOutcome = (received: Received | undefined): boolean => received !== undefined && new Words().read(received).what === DONE;
