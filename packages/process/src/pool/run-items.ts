/** Calls a function with each item of a chunk, one after the other; without promises as long as the function returns none. */
import { MOST_AT_ONCE } from './chunks.js';
import { STARMAP } from './protocol.js';

export type Callee = (...args: readonly unknown[]) => unknown;

export interface ItemsOutcome {
  /** Of items that failed, undefined. */
  readonly results: readonly unknown[];
  readonly errors: readonly (readonly [index: number, error: unknown])[] | undefined;
}

export const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === 'object' && value !== null && typeof (value as Partial<PromiseLike<unknown>>).then === 'function';

/** @param each - an item that fails does not end the chunk. */
export function runItems(callee: Callee, items: readonly unknown[], operation: number, each: boolean): ItemsOutcome | Promise<ItemsOutcome> {
  const run = new ItemsRun(callee, items, operation === STARMAP, each);
  return run.step(0) ?? run;
}

class ItemsRun implements ItemsOutcome {
  readonly results: unknown[];
  errors: [number, unknown][] | undefined;

  constructor(
    private readonly callee: Callee,
    private readonly items: readonly unknown[],
    private readonly spread: boolean,
    private readonly each: boolean,
  ) {
    // Of its length at once: an array that grows is copied, at last into new pages, which are slow.
    this.results = new Array<unknown>(Math.min(items.length, MOST_AT_ONCE));
  }

  /** Undefined when all is done. */
  step(from: number): Promise<ItemsOutcome> | undefined {
    const { callee, items, spread, results } = this;
    for (let i = from; i < items.length; i++) {
      let result: unknown;
      try {
        result = spread ? callee(...(items[i] as readonly unknown[])) : callee(items[i]);
      } catch (error) {
        this.fail(i, error);
        continue;
      }
      if (isThenable(result)) return this.wait(i, result);
      results[i] = result;
    }
    return undefined;
  }

  private async wait(at: number, pending: PromiseLike<unknown>): Promise<ItemsOutcome> {
    try {
      this.results[at] = await pending;
    } catch (error) {
      this.fail(at, error);
    }
    return this.step(at + 1) ?? this;
  }

  private fail(index: number, error: unknown): void {
    if (!this.each) throw error;
    (this.errors ??= []).push([index, error]);
    this.results[index] = undefined;
  }
}
