/** The first steps of a thread that is a child, without core: takes over what is its own, and reads where it lies what it is told first. */
import type { ThreadIdentity } from '@manycore/core/internal';
import type { Head } from '../preparation.js';
import { THREAD_PORT, THREAD_STDIO } from '../self.js';
import { CREATED, ENTERED, EXIT, EXITED, STATE, TID, type ThreadOrder } from '../start/thread-order.js';
import { advance, readTicket } from '../ticket.js';
import { loadAddon, readRecord, type Membership } from './join.js';
import { useStdio } from './thread-streams.js';

// The key of identity.ts in core.
const THREAD_IDENTITY = 'manycore.thread-identity@1';
/** Of an exit code, as the system keeps it for processes. */
const EXIT_CODE_BITS = 0xff;

/** Undefined when the parent does not want it to begin any more. */
export function joinAsThread(require: NodeJS.Require): Membership | undefined {
  const workers = process.getBuiltinModule('node:worker_threads');
  const { ticket: text, addon: file, status, owned, stdio, port } = workers.workerData as ThreadOrder;
  const addon = loadAddon(require, file);
  if (!addon.takeDescriptors(owned, status, STATE, CREATED, ENTERED)) return undefined;
  Atomics.store(status, TID, threadNumber());
  (globalThis as { [THREAD_STDIO]?: ThreadOrder['stdio'] })[THREAD_STDIO] = stdio;
  (globalThis as { [THREAD_PORT]?: ThreadOrder['port'] })[THREAD_PORT] = port;
  useStdio(addon, stdio);
  const ticket = readTicket(text);
  const { record, head } = readRecord(addon, addon.session(), ticket);
  // For the program it is as if nothing had been passed.
  Object.assign(workers, { workerData: null });
  return {
    ticket,
    head: JSON.parse(head) as Head,
    requiresModules: false,
    enter: (phase) => advance(record, 0, ticket.nonce, phase),
    publish: (identity) => {
      const own: ThreadIdentity = { threadId: workers.threadId, text: identity, children: new Int32Array(new SharedArrayBuffer(4)) };
      workers.setEnvironmentData(THREAD_IDENTITY, own);
    },
    onExit: (code) => Atomics.store(status, EXIT, EXITED + (code & EXIT_CODE_BITS)),
  };
}

/** The link is `<pid>/task/<tid>`. */
const threadNumber = (): number => Number(process.getBuiltinModule('node:fs').readlinkSync('/proc/thread-self').split('/').at(-1));
