/** One listener for each AbortSignal, however many tasks it is for: Node warns of a leak from the eleventh on. */
const hubs = new WeakMap<AbortSignal, Set<() => void>>();

/** Calls `onAbort` when the signal is aborted; returns how to stop that. */
export function onceAborted(signal: AbortSignal, onAbort: () => void): () => void {
  let hub = hubs.get(signal);
  if (hub === undefined) {
    const callbacks = (hub = new Set<() => void>());
    hubs.set(signal, callbacks);
    signal.addEventListener(
      'abort',
      () => {
        for (const callback of [...callbacks]) callback();
      },
      { once: true },
    );
  }
  hub.add(onAbort);
  return () => hub.delete(onAbort);
}
