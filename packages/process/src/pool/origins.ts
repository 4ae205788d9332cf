/**
 * Where calls came from: the stack lines that follow those of an error from a worker. To look at the stack costs 4 µs, as much as everything else that a pool does for a small task. So of a long burst of calls only
 * some are looked at; an error of the others names the last call of the same function that was.
 */
export interface Origin {
  readonly stack?: string;
}

/** Calls that are looked at whatever the pace, and how soon one more may be. */
const BURST = 32;
const EACH_MS = 1;
/** A few frames are enough to find the place. */
const FRAMES = 4;

export class Origins {
  readonly #last = new WeakMap<Function, Origin>();
  #allowance = BURST;
  #since = 0;

  /**
   * @param fn - the function that is called in a worker.
   * @param call - the function of ours that was called; lines above it are left out.
   */
  of(fn: Function, call: Function, now: number): Origin {
    this.#allowance = Math.min(BURST, this.#allowance + (now - this.#since) / EACH_MS);
    this.#since = now;
    if (this.#allowance < 1) {
      const last = this.#last.get(fn);
      if (last !== undefined) return last;
    }
    this.#allowance--;
    const origin = capture(call);
    this.#last.set(fn, origin);
    return origin;
  }
}

export function capture(call: Function): Origin {
  const { stackTraceLimit } = Error;
  const origin: { stack?: string } = {};
  Error.stackTraceLimit = Math.min(stackTraceLimit, FRAMES);
  Error.captureStackTrace(origin, call);
  Error.stackTraceLimit = stackTraceLimit;
  return origin;
}
