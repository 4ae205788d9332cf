/**
 * Start method `thread`: a worker thread of this process, with the same life as a child process.
 *
 * The end of the thread is told by a pipe: the thread has the writing end, which is closed at the very end of its environment, after what
 * else it had of manycore's. So it can be seen, and waited for, while this thread's event loop is blocked. A thread that ends before it could
 * take that end over (a preloaded module failed, there was no memory to boot) is known by the system having no such thread any more.
 */
import type { Worker, MessagePort } from 'node:worker_threads';
import { native, nativeFile } from '@manycore/core/internal';
import { entryFile } from '../entry-url.js';
import { ProcessError } from '../errors.js';
import { writeTicket, type Ticket } from '../ticket.js';
import type { StartSettings } from './options.js';
import { STATUS_WORDS, type ThreadOrder } from './thread-order.js';
import { openStdio, type ThreadStdio } from './thread-stdio.js';

export interface StartedThread {
  readonly worker: Worker;
  readonly status: Int32Array;
  readonly owned: Int32Array;
  readonly streams: ThreadStdio['streams'];
  /** Hangs up at the end of the thread; to be closed by `closeSocket`. */
  readonly reader: number;
  /** The system's numbers of threads that came with this one; it is among them. */
  readonly tids: readonly string[];
}

/**
 * @param port - is the thread's from then on.
 * @throws ProcessError with Node's error as cause; nothing is left behind then.
 */
export function startThread(name: string, ticket: Ticket, settings: StartSettings, port: MessagePort | undefined): StartedThread {
  const addon = native();
  const ends = addon.pipe();
  if (typeof ends === 'number')
    throw new ProcessError(`${name} could not be started: no descriptor is left (errno ${-ends}); raise the limit (ulimit -n).`);
  // A duplicate is closed with the environment of this thread, however it ends.
  const reader = addon.dupSocket(ends[0]);
  addon.close(ends[0]);
  const open: number[] = [ends[1]];
  let stdio: ThreadStdio | undefined;
  try {
    stdio = openStdio(name, settings.stdio);
    open.push(...stdio.owned);
    const status = new Int32Array(new SharedArrayBuffer(STATUS_WORDS * Int32Array.BYTES_PER_ELEMENT));
    const owned = Int32Array.from(open);
    const order: ThreadOrder = { ticket: writeTicket(ticket), addon: nativeFile(), status, owned, stdio: stdio.fds, port };
    const before = new Set(threads());
    const worker = boot(name, order, settings);
    return { worker, status, owned, streams: stdio.streams, reader, tids: threads().filter((tid) => !before.has(tid)) };
  } catch (error) {
    for (const fd of open) addon.close(fd);
    addon.closeSocket(reader);
    for (const stream of Object.values(stdio?.streams ?? {})) (stream as { destroy(): void } | null)?.destroy();
    throw error;
  }
}

/** The system's numbers of the threads of this process. */
export const threads = (): string[] => process.getBuiltinModule('node:fs').readdirSync('/proc/self/task');

function boot(name: string, order: ThreadOrder, { env, execArgv, resourceLimits }: StartSettings): Worker {
  try {
    return new (process.getBuiltinModule('node:worker_threads').Worker)(entryFile('thread.cjs'), {
      workerData: order,
      ...(order.port === undefined ? {} : { transferList: [order.port] }),
      name,
      ...(env === undefined ? {} : { env }),
      ...(execArgv === undefined ? {} : { execArgv: [...execArgv] }),
      ...(resourceLimits === undefined ? {} : { resourceLimits }),
    });
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const hint = code === 'ERR_WORKER_INVALID_EXEC_ARGV' ? ' Such options are for processes: use another start method.' : '';
    throw new ProcessError(`${name} could not be started: ${message}.${hint}`, { cause });
  }
}
