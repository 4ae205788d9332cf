/** What `watch` gives to its caller: asks the server at once, so that no later change is missed, and ends with a signal. */
export class Watch<T> implements AsyncIterableIterator<T> {
  readonly #opening: Promise<AsyncIterator<T>>;
  readonly #signal: AbortSignal | undefined;
  #isOver = false;
  readonly #onAbort = (): void => void this.return();

  constructor(open: () => Promise<AsyncIterator<T>>, signal: AbortSignal | undefined) {
    this.#signal = signal;
    this.#opening = signal?.aborted === true ? Promise.reject(signal.reason as Error) : open();
    // It is told by `next`.
    this.#opening.catch(() => undefined);
    signal?.addEventListener('abort', this.#onAbort, { once: true });
  }

  async next(): Promise<IteratorResult<T>> {
    const iterator = await this.#opening;
    const step = this.#isOver ? undefined : await iterator.next();
    if (this.#signal?.aborted === true) throw this.#signal.reason;
    return step ?? { done: true, value: undefined };
  }

  async return(): Promise<IteratorResult<T>> {
    this.#isOver = true;
    this.#signal?.removeEventListener('abort', this.#onAbort);
    const iterator = await this.#opening.catch(() => undefined);
    await iterator?.return?.();
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
