/**
 * Who waits in this thread for objects to become ready, and has to look again when one of them changes here without a trace in shared memory or at its descriptor: when it is closed, when a handshake is
 * over, when another call has read ahead.
 */

/** By object; what is to be called. Held here, not weakly: who waits for an object may be reachable from nowhere else. */
const waiting = new Map<object, Set<() => void>>();

/** Has `look` called after every change of `object` that is announced, until the function that is returned is called. */
export function whenChanged(object: object, look: () => void): () => void {
  let looks = waiting.get(object);
  if (looks === undefined) waiting.set(object, (looks = new Set()));
  looks.add(look);
  return () => {
    looks.delete(look);
    if (looks.size === 0 && waiting.get(object) === looks) waiting.delete(object);
  };
}

/** For whatever can be waited for, after the last step of a change: those who are called look at once. */
export function announceChange(object: object): void {
  const looks = waiting.get(object);
  if (looks === undefined) return;
  for (const look of [...looks]) look();
}
