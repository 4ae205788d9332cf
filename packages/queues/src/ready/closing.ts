/** Who waits in this thread for objects to become ready, and has to know when one of them is closed here: nothing is changed in shared memory by that. */

/** By object; what is to be called. */
const waiting = new WeakMap<object, Set<() => void>>();

/** Has `onClose` called when `object` is closed in this thread, until the function that is returned is called. */
export function whenClosed(object: object, onClose: () => void): () => void {
  let calls = waiting.get(object);
  if (calls === undefined) waiting.set(object, (calls = new Set()));
  calls.add(onClose);
  return () => {
    calls.delete(onClose);
    if (calls.size === 0 && waiting.get(object) === calls) waiting.delete(object);
  };
}

/** For the `close` of whatever can be waited for, after its last step. */
export function announceClosed(object: object): void {
  const calls = waiting.get(object);
  if (calls === undefined) return;
  for (const onClose of [...calls]) onClose();
}
