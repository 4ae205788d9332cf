/** Items for callers who may have to wait: each goes to one of them, and they are served in the order of their calls. */
import type { Deadline } from '@manycore/core/internal';
import { waitFor } from '@manycore/process/internal';

/** @typeParam T - no thenable, which would be awaited on its way. */
export class Handout<T> {
  readonly #waiting: ((item: T) => void)[] = [];

  /** @param take - takes the next item; undefined when there is none yet. */
  constructor(private readonly take: () => T | undefined) {}

  get isAwaited(): boolean {
    return this.#waiting.length > 0;
  }

  /** The next item, when it is there and nobody was here before. */
  nextNow(): T | undefined {
    return this.isAwaited ? undefined : this.take();
  }

  /** The next item; undefined when the deadline passed first. @throws the signal's reason; then nothing was taken. */
  async next(deadline: Deadline, signal: AbortSignal | undefined): Promise<T | undefined> {
    signal?.throwIfAborted();
    let item = this.nextNow();
    if (item !== undefined) return item;
    const subscribe = (done: () => void): (() => void) => {
      const taker = (taken: T): void => {
        item = taken;
        done();
      };
      this.#waiting.push(taker);
      return () => {
        const at = this.#waiting.indexOf(taker);
        if (at >= 0) this.#waiting.splice(at, 1);
      };
    };
    await waitFor(subscribe, deadline, signal);
    return item;
  }

  /** Something may have come. */
  serve(): void {
    while (this.#waiting.length > 0) {
      const item = this.take();
      if (item === undefined) return;
      this.#waiting[0]!(item);
    }
  }
}
