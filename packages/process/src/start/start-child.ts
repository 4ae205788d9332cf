/** The one place where children are started, whatever they are started for and however. */
import type { MessagePort } from 'node:worker_threads';
import type { Child, ChildOptions } from '../child.js';
import { addChild, removeChild } from '../children.js';
import { prepare, type Work } from '../preparation.js';
import { ProcessRecord } from '../record.js';
import type { Ticket } from '../ticket.js';
import { withAffinity } from './affinity.js';
import { hasNoStandby, startWarm } from './forkserver.js';
import type { StartMethod } from './method.js';
import type { StartSettings } from './options.js';
import { ProcessChild } from './process-child.js';
import { giveTicket, spawnChild, type Spawned } from './spawn.js';
import { startThread } from './thread.js';
import { ThreadChild } from './thread-child.js';

export interface StartOrder {
  readonly name: string;
  /** Child numbers from the root; names of its own children are made of it. */
  readonly path: readonly number[];
  readonly method: StartMethod;
  /** It is terminated at the end of this process and does not keep its event loop alive. */
  readonly daemon: boolean;
  /** What it is told of that: a daemonic process may not start any itself. */
  readonly isDaemonInside: boolean;
  readonly authkey: Buffer;
  readonly work: Work;
  readonly settings: StartSettings;
  /** What `activeChildren()` shows for it, kept as long as it runs; undefined: it is not listed. */
  readonly owner: object | undefined;
  /** Has the stack lines of the call that starts it: the local end of a remote stack. */
  readonly startedAt: { readonly stack?: string };
  /** What `spawnAhead` made of the same method and settings. Whoever gave the order ends it when this throws. */
  readonly ahead?: Spawned | undefined;
  /** What a thread is given besides, see thread-order.ts. */
  readonly port?: MessagePort | undefined;
  /** Called once, when its end is first seen: by an event, or by whoever looks. */
  readonly onEnd?: (() => void) | undefined;
}

/**
 * Makes the process for a start that is yet to be prepared, so that it boots meanwhile; undefined where that is of no use.
 *
 * @throws ProcessError when the system refuses.
 */
export function spawnAhead({ name, method, settings }: Pick<StartOrder, 'name' | 'method' | 'settings'>): Spawned | undefined {
  if (method === 'thread' || (method === 'forkserver' && !hasNoStandby())) return undefined;
  return withAffinity(settings.affinity, `${name}: affinity`, () => spawnChild(name, undefined, settings));
}

/**
 * Starts a child. Returns when the system has made it, or it was handed to a standby; blocks for about a millisecond.
 *
 * @throws ProcessError when the system refuses; SerializationError; OutOfMemoryError. After any of these nothing has happened.
 */
export function startChild(order: StartOrder): Child {
  const { name, path, method, daemon, isDaemonInside, authkey, work, settings, owner, startedAt, ahead, port, onEnd } = order;
  const preparation = prepare({ name, path, daemon: isDaemonInside, authkey, startMethod: method }, work);
  const { record, ticket } = ProcessRecord.create(preparation);
  const ending = (): void => {
    removeChild(child);
    onEnd?.();
  };
  let child: Child;
  try {
    child = withAffinity(settings.affinity, `${name}: affinity`, () =>
      // Not the order: what is named here lives as long as the child, and that has the arguments.
      makeChild({ name, daemon, record, startedAt, onEnd: ending }, ticket, { method, settings, ahead, port }),
    );
  } catch (error) {
    record.dropPreparation();
    throw error;
  }
  preparation.input.commit();
  addChild(child, owner);
  return child;
}

function makeChild(options: ChildOptions, ticket: Ticket, { method, settings, ahead, port }: Pick<StartOrder, 'method' | 'settings' | 'ahead' | 'port'>): Child {
  const { name, record } = options;
  switch (method) {
    case 'thread':
      return new ThreadChild(options, startThread(name, ticket, settings, port));
    case 'forkserver':
      return new ProcessChild(options, startWarm(name, record, ticket, settings, ahead));
    case 'spawn':
      if (ahead !== undefined) giveTicket(ahead, ticket);
      return new ProcessChild(options, ahead ?? spawnChild(name, ticket, settings));
  }
}
