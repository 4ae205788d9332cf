/**
 * The only place where a timeout becomes a moment. Times are milliseconds; the clock is monotonic.
 */

/** Last argument of every call that can wait. */
export interface WaitOptions {
  /** Milliseconds. Absent, `undefined` or `Infinity`: for ever; 0 or negative: do not wait. */
  timeout?: number | undefined;
  /** Ends the wait: the promise rejects with `signal.reason` and nothing is consumed. */
  signal?: AbortSignal | undefined;
}

/** Of the blocking forms: no signal could arrive while the thread is blocked. */
export interface SyncWaitOptions {
  timeout?: number | undefined;
}

/** A moment on the monotonic clock; `Infinity` is never. */
export type Deadline = number;

export const now = (): number => performance.now();

/**
 * @throws TypeError when `timeout` is NaN or no number, or `signal` is no AbortSignal. `call` names the call in the message.
 */
export function deadlineOf(options: WaitOptions | undefined, call: string): Deadline {
  if (options === undefined) return Infinity;
  if (typeof options !== 'object' || options === null) {
    throw new TypeError(`${call}: expected an options object { timeout, signal } as last argument, got ${describe(options)}.`);
  }
  const { timeout, signal } = options;
  if (signal !== undefined && !(typeof signal === 'object' && signal !== null && typeof signal.addEventListener === 'function' && 'aborted' in signal)) {
    throw new TypeError(`${call}: signal must be an AbortSignal, got ${describe(signal)}.`);
  }
  if (timeout === undefined) return Infinity;
  if (typeof timeout !== 'number' || Number.isNaN(timeout)) {
    throw new TypeError(`${call}: timeout must be a number of milliseconds, got ${describe(timeout)}. Leave it out to wait for ever.`);
  }
  return timeout <= 0 ? -Infinity : now() + timeout;
}

/** Milliseconds left; 0 or less when it has passed. */
export function remaining(deadline: Deadline): number {
  return deadline === Infinity || deadline === -Infinity ? deadline : deadline - now();
}

/** A value in an error message: short, and never its contents. */
export function describe(value: unknown): string {
  if (value === null) return 'null';
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'undefined' || typeof value === 'bigint') return String(value);
  if (typeof value === 'string') return value.length <= 40 ? JSON.stringify(value) : `a string of ${value.length} characters`;
  if (typeof value === 'function') return value.name ? `the function ${value.name}` : 'a function';
  if (typeof value === 'object') return Array.isArray(value) ? 'an array' : `an object (${value.constructor?.name || 'Object'})`;
  return `a ${typeof value}`;
}
