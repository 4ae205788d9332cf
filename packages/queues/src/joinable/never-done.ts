/** What `join` says when all that is left was taken by the dead. */
import type { Session } from '@manycore/core/internal';
import { QueueError } from '../errors.js';

/**
 * The error, if no thread that has taken something lives; undefined if one does, or nobody has taken anything.
 * @param takers - who has taken how many. @param lost - how many were taken by those whose slot has a new tenant.
 */
export function neverDone(
  name: string,
  unfinished: number,
  takers: readonly { readonly owner: number; readonly count: number }[],
  lost: number,
  { kernel, slots }: Session,
): QueueError | undefined {
  if ((lost === 0 && takers.length === 0) || takers.some(({ owner }) => kernel.isAlive(owner))) return undefined;
  const shown = takers.map(({ owner, count }) => {
    const who = slots.tenant(owner);
    return `${count} by ${who === null ? 'a process that is gone' : `process ${who.pid} (${who.name})`}`;
  });
  if (lost > 0) shown.push(`${lost} by processes that are gone`);
  return new QueueError(
    `${name}.join: ${unfinished} items will never be done: they were taken by processes or threads that died before taskDone(): ${shown.join(', ')}. ` +
      'Call taskDone() on their behalf, or make the queue with { redeliver: true }, which gives such items to others.',
  );
}
