/** Ctrl-C: the first one stops the run in good order, the second ends the program at once. */

export const INTERRUPTED_EXIT_CODE = 130;

/**
 * Listens for SIGINT until `end()`.
 *
 * @param onFirst - told once, to say that the run is being stopped.
 * @param onSecond - must end the program.
 */
export function listenForInterrupt(onFirst: () => void, onSecond: () => void): { stop: AbortSignal; end(): void } {
  const controller = new AbortController();
  const onSignal = (): void => {
    if (controller.signal.aborted) {
      onSecond();
    } else {
      onFirst();
      controller.abort();
    }
  };
  process.on('SIGINT', onSignal);
  return { stop: controller.signal, end: () => process.off('SIGINT', onSignal) };
}
