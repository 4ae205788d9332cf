/**
 * Starts the process, or thread, of a worker. Where there is no standby the process is made first, and boots while all that it will be handed is made; a standby wakes meanwhile.
 *
 * | killed                                   | what becomes of it |
 * | ---------------------------------------- | --- |
 * | the process, before it has its ticket    | it was the worker, and its end is seen as any worker's |
 * | this process, before it gave the ticket  | the control channel closes, for which the other one waits: it ends |
 */
import { pathToFileURL } from 'node:url';
import { identity } from '@manycore/core/internal';
import { Link } from '@manycore/queues/internal';
import type { Child } from '../child.js';
import { entryFile } from '../entry-url.js';
import { nextPath } from '../names.js';
import { expectWorkers, preloadsModules, rouseStandby } from '../start/forkserver.js';
import type { StartMethod } from '../start/method.js';
import type { StartSettings } from '../start/options.js';
import { discard, type Spawned } from '../start/spawn.js';
import { spawnAhead, startChild } from '../start/start-child.js';
import { Board } from './board.js';
import { Ferry } from './ferry.js';

/** What a worker is told when it starts; small and cloneable. */
export interface WorkerSetup {
  readonly id: number;
  /** RSS above which it says that it is LARGE; 0: no limit. */
  readonly maxMemory: number;
  /** See nice.ts. */
  readonly nice: number | undefined;
  /** Whether the first thing it is sent is an initializer. */
  readonly hasInitializer: boolean;
}

/** What it is told besides, by whoever starts it. */
export interface WorkerStart extends WorkerSetup {
  /** Whether no module of the program's was run in it before its first function's. */
  readonly isPristine: boolean;
}

export interface StartedWorker {
  readonly child: Child;
  readonly link: Link;
  readonly board: Board;
  /** Of a thread. */
  readonly ferry: Ferry | undefined;
}

/** How the workers of a pool are started. */
export interface WorkerOrder {
  readonly name: string;
  readonly method: StartMethod;
  readonly settings: StartSettings;
  readonly setup: WorkerSetup;
  readonly startedAt: { readonly stack?: string };
  readonly onEnd: () => void;
}

/**
 * Starts a worker and hands it its ends. It is terminated at the end of this process and does not keep its event loop alive, but is not daemonic for itself: its tasks may start processes and pools.
 *
 * @throws ProcessError, OutOfMemoryError; then nothing is left behind.
 */
export function startWorker(order: WorkerOrder): StartedWorker {
  if (order.method === 'forkserver') {
    expectWorkers();
    rouseStandby(order.settings);
  }
  const ahead = spawnAhead(order);
  try {
    return startWith(ahead, order);
  } catch (error) {
    if (ahead !== undefined) discard(ahead);
    throw error;
  }
}

function startWith(ahead: Spawned | undefined, { name, method, settings, setup, startedAt, onEnd }: WorkerOrder): StartedWorker {
  const [link, theirs] = Link.pair();
  const board = Board.create();
  const channel = method === 'thread' ? new (process.getBuiltinModule('node:worker_threads').MessageChannel)() : undefined;
  try {
    const child = startChild({
      name,
      path: nextPath(),
      method,
      daemon: true,
      isDaemonInside: false,
      authkey: identity().authkey,
      work: {
        target: { kind: 'export', url: pathToFileURL(entryFile('pool-worker.js')).href, path: ['work'], isMain: false, match: 'identity' },
        className: undefined,
        args: [theirs, board, { ...setup, isPristine: method === 'spawn' || (method === 'forkserver' && !preloadsModules()) } satisfies WorkerStart],
        fields: undefined,
      },
      settings,
      ahead,
      owner: undefined,
      startedAt,
      port: channel?.port2,
      onEnd,
    });
    return { child, link, board, ferry: channel && new Ferry(channel.port1) };
  } catch (error) {
    channel?.port1.close();
    link.close();
    board.release();
    throw error;
  } finally {
    theirs.close();
  }
}
