/** The started children of this thread that nobody has seen end yet, and what becomes of them at its end. */
import { identity, now, session } from '@manycore/core/internal';
import { GRACE_MS, type Child } from './child.js';

const running = new Map<Child, object | undefined>();
let isPrepared = false;
/** What ends the main program. */
let failure: { readonly error: unknown } | undefined;

/** @param owner - the object that stands for the child in the program, kept as long as the child runs; undefined: it is not to be listed. */
export function addChild(child: Child, owner: object | undefined): void {
  running.set(child, owner);
  if (isPrepared) return;
  isPrepared = true;
  session().heap.beforeReaping(() => {
    for (const one of running.keys()) one.dropUntaken();
  });
  process.on('exit', endChildren);
  process.on('uncaughtExceptionMonitor', (error: unknown) => {
    // A program with a handler of its own goes on; a child tells of its errors itself.
    if (process.listenerCount('uncaughtException') === 0 && identity().isMain) failure = { error };
  });
}

export function removeChild(child: Child): void {
  running.delete(child);
}

/** The owners of the children that run now. */
export function runningChildren(): object[] {
  return [...running].flatMap(([child, owner]) => (owner !== undefined && child.isAlive ? [owner] : []));
}

/**
 * The end of this process (or worker thread), `process.exit()` and an uncaught error included: daemonic children are told to end, and after
 * `GRACE_MS` forced to; the others are waited for, however long it takes, as in CPython. Blocks; nothing asynchronous runs any more.
 */
function endChildren(): void {
  const children = [...running.keys()];
  const daemons = children.filter(({ daemon }) => daemon);
  for (const daemon of daemons) daemon.signal('SIGTERM', false);
  const deadline = now() + GRACE_MS;
  for (const daemon of daemons) daemon.joinSync(deadline);
  for (const daemon of daemons) daemon.signal('SIGKILL', false);
  tellFailure(children);
  for (const child of children) child.joinSync(Infinity);
}

/** Node tells of an uncaught error when all of this is over, which may be never: children may wait for what the program no longer does. */
function tellFailure(children: readonly Child[]): void {
  const left = children.filter(({ isAlive }) => isAlive);
  if (failure === undefined || left.length === 0) return;
  const names = left.map(({ name, pid }) => `${name} (pid ${pid})`).join(', ');
  const { inspect } = process.getBuiltinModule('node:util');
  const text =
    `${identity().name} (pid ${process.pid}) failed, and ends when its child processes have ended: ${names}. ` +
    `End these, or start processes with { daemon: true } that are not to be waited for. It failed with:\n${inspect(failure.error)}\n`;
  process.getBuiltinModule('node:fs').writeSync(process.stderr.fd, text);
}
