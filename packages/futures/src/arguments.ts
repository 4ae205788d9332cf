/** Futures among the arguments of a task: it is queued when they are done, so that a task that waits for others takes no worker. */
import { Future, LOOK, WATCH } from './future.js';

export type ArgumentLists = readonly (readonly unknown[])[];

const isFuture = (value: unknown): value is Future<unknown> => value instanceof Future;

export const hasFutures = (list: readonly unknown[]): boolean => list.some(isFuture);

export interface ArgumentsListener {
  /** All are done, and in their places are their results. */
  argumentsReady(lists: ArgumentLists): void;
  /** One has failed, or was cancelled. */
  argumentFailed(error: unknown): void;
}

export class AwaitedArguments {
  readonly #lists: ArgumentLists;
  readonly #listener: ArgumentsListener;
  readonly #unwatches = new Map<Future<unknown>, () => void>();

  constructor(lists: ArgumentLists, listener: ArgumentsListener) {
    // What the caller does to its arrays meanwhile changes nothing.
    this.#lists = lists.map((list) => [...list]);
    this.#listener = listener;
  }

  /** Tells the listener, now when all are done already. */
  begin(): void {
    for (const future of new Set(this.#lists.flat().filter(isFuture))) if (!future.done()) this.#unwatches.set(future, future[WATCH](() => this.#ended(future)));
    if (this.#unwatches.size === 0) this.#tell();
  }

  /** Nobody wants to know any more. */
  stop(): void {
    for (const unwatch of this.#unwatches.values()) unwatch();
    this.#unwatches.clear();
  }

  #ended(future: Future<unknown>): void {
    this.#unwatches.get(future)?.();
    this.#unwatches.delete(future);
    const outcome = future[LOOK]()!;
    if (this.#unwatches.size === 0 || 'error' in outcome) this.#tell();
  }

  #tell(): void {
    this.stop();
    const failed = this.#lists.flat().filter(isFuture).map((future) => future[LOOK]()).find((outcome) => outcome !== undefined && 'error' in outcome);
    if (failed !== undefined && 'error' in failed) this.#listener.argumentFailed(failed.error);
    else this.#listener.argumentsReady(this.#lists.map((list) => list.map((value) => (isFuture(value) ? (value[LOOK]() as { value: unknown }).value : value))));
  }
}
