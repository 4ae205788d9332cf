/** The started children of this thread that nobody has seen end yet, and what becomes of them at its end. */
import { now } from '@manycore/core/internal';
import { GRACE_MS, type Child } from './child.js';

const running = new Map<Child, object>();
let isPrepared = false;

/** @param owner - the object that stands for the child in the program; kept as long as the child runs. */
export function addChild(child: Child, owner: object): void {
  running.set(child, owner);
  if (isPrepared) return;
  isPrepared = true;
  process.on('exit', endChildren);
}

export function removeChild(child: Child): void {
  running.delete(child);
}

/** The owners of the children that run now. */
export function runningChildren(): object[] {
  return [...running].filter(([child]) => child.isAlive).map(([, owner]) => owner);
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
  for (const child of children) child.joinSync(Infinity);
}
