/**
 * How a socket gets to another process or thread of the tree.
 *
 * The sender deposits a duplicate of the descriptor with the addon (native/src/linux/deposit.c), which gives duplicates of that to whoever shows the ticket: the message carries pid, name and ticket, and decoding
 * it collects. A thread of the addon serves, so the sender's JavaScript may be blocked or busy; within one process nobody is asked. Who may collect: processes of this user that know the ticket (128 random bits).
 *
 * A deposit has a block in session memory that exists only to be held, and lasts as long as that: then the thread of the addon closes the duplicate, within a second at the latest, and milliseconds after it was
 * collected. So a connection counts as open, for the other side, while a message that carries it is under way.
 *
 * | the block is held by                                  | until                                                                         |
 * | ----------------------------------------------------- | ----------------------------------------------------------------------------- |
 * | the sending thread                                    | it closes the connection, or the end of the job (microtask) in which it was sent |
 * | the message: stored, or waiting for room               | it is decoded, or dropped with its queue, its pipe, its process               |
 * | a lease on an item of a queue with `redeliver`         | it is done                                                                    |
 *
 * By the end of its job a call has stored the message, holds what it mentions, or has failed. A message that is decoded several times gives a connection each time.
 *
 * | killed                                          | the receiver                                        | left behind                                         |
 * | ----------------------------------------------- | --------------------------------------------------- | --------------------------------------------------- |
 * | sender, before the message was stored           | sees no message                                     | nothing                                             |
 * | sender, before the message is decoded           | ConnectionError from the call that decodes          | nothing                                             |
 * | sender, after that                              | has the connection                                  | nothing                                             |
 * | receiver, while it decodes                      |                                                     | the deposit, until its death is noticed             |
 *
 * The death of a process is noticed by its parent, that of a worker thread at the next send of a socket, or by anybody who waits for something in shared memory.
 */
import { constants } from 'node:os';
import { native, presenceOf, session, type Block } from '@manycore/core/internal';
import { ConnectionError } from '../errors.js';
import { nameOf, systemError, type Errno } from './system-error.js';

export const DEPOSIT_TYPE = 'manycore.SocketDeposit';
const BYTES = 64;
const TICKET_BYTES = 16;
/** How long a receiver waits for a process that does not answer, which takes one that is stopped, or has no descriptor left. */
const COLLECT_MS = 5000;
const { ECONNREFUSED, EMFILE, ENFILE, ETIMEDOUT } = constants.errno;

/** Where a deposit is, and what opens it. */
export interface DepositKey {
  readonly pid: number;
  readonly name: Uint8Array;
  readonly ticket: Uint8Array;
}

export interface Deposit {
  /** Held by this thread, until it releases it. */
  readonly block: Block;
  readonly key: DepositKey;
}

/** Deposits a duplicate. @throws ConnectionError when the system refuses; OutOfMemoryError. @param where - the connection in messages. */
export function deposit(fd: number, where: string): Deposit {
  const { heap, addon } = session();
  // What threads and processes held that ended meanwhile: nobody else may be looking.
  heap.reapDeadNowAndThen();
  const block = heap.allocate(BYTES, DEPOSIT_TYPE);
  const ticket = process.getBuiltinModule('node:crypto').randomBytes(TICKET_BYTES);
  const { offset, value } = presenceOf(block);
  const name = addon.depositSocket(fd, ticket, addon.session(), offset, value);
  if (typeof name !== 'number') return { block, key: { pid: process.pid, name, ticket } };
  heap.release(block);
  throw new ConnectionError(`Connection: the connection to ${where} cannot be sent (${nameOf(name)}). ${isFull(name) ? NO_DESCRIPTORS : ''}`.trimEnd(), { cause: systemError(name, 'dup') });
}

/** A duplicate of the descriptor, which belongs to this thread. Blocks for as long as the answer takes. @throws ConnectionError */
export function collect({ pid, name, ticket }: DepositKey, where: string): number {
  const fd = native().collectSocket(pid, name, ticket, COLLECT_MS);
  if (fd >= 0) return fd;
  throw new ConnectionError(`Connection: the connection to ${where} that process ${pid} sent did not arrive: ${reasonFor(fd)}`, { cause: systemError(fd, 'recvmsg') });
}

const NO_DESCRIPTORS = 'No descriptor is left in this process: close connections, or raise the limit (ulimit -n).';

const isFull = (errno: Errno): boolean => errno === -EMFILE || errno === -ENFILE;

function reasonFor(errno: Errno): string {
  if (isFull(errno)) return `there was no room for it. ${NO_DESCRIPTORS}`;
  switch (errno) {
    case -ECONNREFUSED:
      return 'its sender has ended, or cannot be reached from here (another network namespace). A socket is handed over by the process that has it: that must live until this one has decoded the message.';
    case -ETIMEDOUT:
      return `its sender did not answer within ${COLLECT_MS} ms. Is it stopped, or out of descriptors?`;
    default:
      return `its sender does not have it any more (${nameOf(errno)}).`;
  }
}
