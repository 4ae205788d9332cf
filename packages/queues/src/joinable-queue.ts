import { TimeoutError, type SyncWaitOptions, type WaitOptions } from '@manycore/core';
import { describe, registerLockType, registerShareable } from '@manycore/core/internal';
import { QueueError } from './errors.js';
import type { QueueInspection } from './inspection.js';
import { JOINABLE_PLACES, JOINABLE_TYPE, JoinableCore } from './joinable/joinable-core.js';
import { Joining } from './joinable/joining.js';
import { checkedSize, Queue } from './queue.js';

registerShareable(JOINABLE_TYPE, { module: import.meta.url, rebuild: (ref) => new JoinableQueue(JoinableCore.arrived(ref) as unknown as number) });
registerLockType(JOINABLE_TYPE, { holders: () => [], queues: JOINABLE_PLACES });

/** Options of a `JoinableQueue`. */
export interface JoinableQueueOptions {
  /** Gives items to others whose taker died, or ended, before it called `taskDone()`. Each taken item is then kept in shared memory until it is done. Default false. */
  redeliver?: boolean | undefined;
}

/**
 * A `Queue` that knows which of its items are done: whoever gets one calls `taskDone()` when it is through with it, and `join` waits until there are as many calls as items were put.
 *
 * **When a consumer dies.** What it had taken and not marked is known. With `redeliver: true` those items go back to the front and are gotten by others, in the order it took them, with all
 * they mention; so each item is done at least once, and the work on it may have been half done before. An item that kills whoever works on it comes back every time. Without, they are gone, and
 * `join` does not wait for them: it throws. Threads count like processes, and one that ends normally without `taskDone()` counts as dead.
 *
 * `taskDone()` without an argument is about the oldest item that this thread has; with none of its own, about one of another thread of the process, else of another process, else one that nobody
 * has taken. Whoever works on several items at once, and would have the right ones redelivered, says which: `taskDone(item)`.
 *
 * Memory: what was written before a `taskDone()` is visible after the `join` that it ends.
 *
 * @see Python `multiprocessing.JoinableQueue`. Differs, besides what differs in `Queue`: `join` takes a timeout and a signal; nobody waits for the dead; redelivery.
 */
export class JoinableQueue<T = unknown> extends Queue<T> {
  readonly #core: JoinableCore;
  readonly #joining: Joining;

  /**
   * @param maxSize - how many items may wait before `put` waits; 0: no limit but memory. What was taken, or waits to be redelivered, takes no room.
   * @throws TypeError, RangeError for arguments that do not fit; OutOfMemoryError when the session's budget is used up.
   */
  constructor(maxSize = 0, options: JoinableQueueOptions = {}) {
    const given: unknown = maxSize;
    const core = given instanceof JoinableCore ? given : JoinableCore.make(checkedSize(given, 'JoinableQueue'), checkedRedeliver(options));
    super(core as unknown as number);
    this.#core = core;
    this.#joining = new Joining(core);
  }

  /**
   * Marks one item as done. Does not wait.
   * @param item - which: what `get` gave, itself. Default: the oldest of this thread. Without `redeliver` it makes no difference.
   * @throws QueueError when every item that was put is done already, and for an item that this thread did not get through this object or has marked; ClosedError after `close`.
   * @see Python `JoinableQueue.task_done` (ValueError). Differs: it can be told which item.
   */
  taskDone(item?: T): void {
    this.begin('taskDone');
    if (!this.#core.markDone(item)) throw new QueueError('JoinableQueue.taskDone: called more often than items were put: every item is done already.');
  }

  /**
   * Waits until every item that was put is done; at once when there is none. Does not block the event loop.
   *
   * @throws TimeoutError when the timeout passed first; the signal's reason when aborted; ClosedError after `close`; QueueError when all items that are left were taken by processes that died
   *   before `taskDone()`, without `redeliver`: its message says by whom.
   * @see Python `JoinableQueue.join`.
   */
  async join(options?: WaitOptions): Promise<void> {
    const deadline = this.begin('join', options);
    if (!(await this.#joining.join(deadline, options?.signal))) throw this.#timeUp('join', options);
  }

  /** As `join`, blocking the thread. */
  joinSync(options?: SyncWaitOptions): void {
    const deadline = this.begin('joinSync', options);
    if (!this.#joining.joinBlocked(deadline)) throw this.#timeUp('joinSync', options);
  }

  /** As `Queue.inspect`, with the number of items that are not done. */
  override inspect(): QueueInspection {
    return { ...super.inspect(), unfinished: this.#core.unfinished };
  }

  #timeUp(call: string, options: SyncWaitOptions | undefined): TimeoutError {
    return new TimeoutError(`JoinableQueue.${call}: ${this.#core.unfinished} items were not done within ${options?.timeout ?? 0} ms.`);
  }
}

function checkedRedeliver(options: unknown): boolean {
  if (typeof options !== 'object' || options === null) throw new TypeError(`JoinableQueue: expected an options object { redeliver }, got ${describe(options)}.`);
  const { redeliver } = options as { redeliver?: unknown };
  if (redeliver !== undefined && typeof redeliver !== 'boolean') throw new TypeError(`JoinableQueue: redeliver must be true or false, got ${describe(redeliver)}.`);
  return redeliver === true;
}
