/** Runs a callback of the user's, whose errors must not reach the pool. */
export function isolated<T>(callback: (value: T) => void, value: T): void {
  try {
    callback(value);
  } catch (error) {
    process.emitWarning(error instanceof Error ? error : new Error(`A callback of a pool threw ${String(error)}.`));
  }
}
