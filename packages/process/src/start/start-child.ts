/** The one place where children are started, whatever they are started for and however. */
import type { Child } from '../child.js';
import { addChild, removeChild } from '../children.js';
import { prepare, type Work } from '../preparation.js';
import { ProcessRecord } from '../record.js';
import type { StartMethod } from './method.js';
import type { StartSettings } from './options.js';
import { ProcessChild } from './process-child.js';
import { spawnChild } from './spawn.js';

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
  /** Called once, when its end is first seen: by an event, or by whoever looks. */
  readonly onEnd?: (() => void) | undefined;
}

/**
 * Starts a child. Returns when the system has made it, or it was handed to a standby; blocks for about a millisecond.
 *
 * @throws ProcessError when the system refuses; SerializationError; OutOfMemoryError. After any of these nothing has happened.
 */
export function startChild(order: StartOrder): Child {
  const { name, path, daemon, isDaemonInside, authkey, work, settings, owner, startedAt, onEnd } = order;
  const preparation = prepare({ name, path, daemon: isDaemonInside, authkey }, work);
  const { record, ticket } = ProcessRecord.create(preparation);
  const ending = (): void => {
    removeChild(child);
    onEnd?.();
  };
  let child: Child;
  try {
    const spawned = spawnChild(name, ticket, settings);
    child = new ProcessChild({ name, daemon, record, startedAt, onEnd: ending }, spawned);
  } catch (error) {
    record.dropPreparation();
    throw error;
  }
  preparation.input.commit();
  addChild(child, owner);
  return child;
}
