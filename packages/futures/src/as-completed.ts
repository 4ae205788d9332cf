/** `asCompleted`: futures as they end. Written by hand: an async generator would give out what the futures resolve with. */
import { ClosedError, TimeoutError, type WaitOptions } from '@manycore/core';
import { deadlineOf, type Deadline } from '@manycore/core/internal';
import { futureSet, isComplete, mustBeFuture } from './future-set.js';
import { WATCH, type Future } from './future.js';
import { Handout } from './handout.js';

const OVER: IteratorReturnResult<undefined> = { done: true, value: undefined };

/**
 * Gives futures, of any executors, in the order in which they end, each once: those that have ended already first, in the order they were given. More can be added meanwhile.
 *
 * @param options.timeout - milliseconds for all of it, from this call on; then the next step throws TimeoutError, which says how many are unfinished.
 * @throws TypeError for what is no future.
 * @example
 * for await (const future of asCompleted(futures, { timeout: 5000 })) console.log(await future);
 * @see Python `concurrent.futures.as_completed`. Differs: `add`.
 */
export function asCompleted<F extends Future<unknown>>(futures: Iterable<F>, options: WaitOptions = {}): Completions<F> {
  return new CompletionIterator(futureSet(futures, 'asCompleted(futures)'), options);
}

/**
 * What `asCompleted` gives. A union of two types that are the same: of a single one TypeScript (5.9) awaits the items of `for await`, from the second loop of a program on, so that a future would be typed as its result.
 */
export type Completions<F extends Future<unknown>> = CompletionIterator<F> | SameIterator<F>;

interface SameIterator<F extends Future<unknown>> extends CompletionIterator<F> {
  next(): Promise<IteratorResult<F, undefined>>;
}

class CompletionIterator<F extends Future<unknown>> implements AsyncIterableIterator<F, undefined> {
  readonly #options: WaitOptions;
  readonly #deadline: Deadline;
  readonly #known = new Set<F>();
  /** Those that have not ended, and how to stop watching them. */
  readonly #pending = new Map<F, () => void>();
  /** Those that have ended, and from where on they were not given out. */
  #ended: F[] = [];
  #first = 0;
  #isOver = false;
  // Results of steps, not futures: these would be awaited on their way.
  readonly #handout = new Handout<IteratorResult<F, undefined>>(() => this.#take());

  constructor(futures: Iterable<F>, options: WaitOptions) {
    this.#options = options;
    this.#deadline = deadlineOf(options, 'asCompleted()');
    for (const future of futures) this.add(future);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Adds a future; one that was given before stays once. @throws ClosedError when the iteration is over; TypeError. */
  add(future: F): Completions<F> {
    mustBeFuture(future, 'asCompleted().add(future)');
    if (this.#isOver) throw new ClosedError('asCompleted().add(future): the iteration is over, and gives nothing more.');
    if (this.#known.has(future)) return this;
    this.#known.add(future);
    if (isComplete(future)) this.#ended.push(future);
    else this.#pending.set(future, future[WATCH](this.#watcher));
    this.#handout.serve();
    return this;
  }

  /** The next future that has ended. Calls that wait are served in their order. @throws TimeoutError when the timeout has passed, the signal's reason when aborted; then the iteration is over. */
  async next(): Promise<IteratorResult<F, undefined>> {
    if (this.#isOver) return OVER;
    let step: IteratorResult<F, undefined> | undefined;
    try {
      step = await this.#handout.next(this.#deadline, this.#options.signal);
    } catch (error) {
      this.#leave();
      throw error;
    }
    if (step?.done === false) return step;
    const unfinished = this.#pending.size;
    this.#leave();
    if (step === undefined) throw new TimeoutError(`asCompleted(): ${unfinished} (of ${this.#known.size}) futures were unfinished after ${this.#options.timeout} ms.`);
    return step;
  }

  /** Ends the iteration: the futures are watched no more. */
  return(): Promise<IteratorResult<F, undefined>> {
    this.#leave();
    return Promise.resolve(OVER);
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#leave();
    return Promise.resolve();
  }

  #take(): IteratorResult<F, undefined> | undefined {
    if (this.#first < this.#ended.length) return { done: false, value: this.#ended[this.#first++]! };
    return this.#isOver || this.#pending.size === 0 ? OVER : undefined;
  }

  readonly #watcher = (future: F): void => {
    if (!isComplete(future)) return;
    this.#pending.get(future)?.();
    if (this.#pending.delete(future)) this.#ended.push(future);
    this.#handout.serve();
  };

  #leave(): void {
    this.#isOver = true;
    for (const unwatch of this.#pending.values()) unwatch();
    this.#pending.clear();
    this.#ended = [];
    this.#first = 0;
    this.#handout.serve();
  }
}
