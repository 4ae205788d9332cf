/** Whether the stack of this thread was used up. Coming from a walk, that says that the value is nested too deeply for it. */
export function isStackOverflow(error: unknown): boolean {
  return error instanceof RangeError && error.message === 'Maximum call stack size exceeded';
}
