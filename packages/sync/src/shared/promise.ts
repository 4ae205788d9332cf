/** Functions of the user that are called by a blocked thread must not be async. */

/** What a function returned, unless it is a promise. @throws TypeError with `message`; then how the promise ends is dropped, as nobody is there to hear it. */
export function refusePromise<R>(result: R, message: string): R {
  if (!isThenable(result)) return result;
  void Promise.resolve(result).catch(() => undefined);
  throw new TypeError(message);
}

const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === 'object' && value !== null && typeof (value as Partial<PromiseLike<unknown>>).then === 'function';
