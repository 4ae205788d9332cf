/**
 * The referent of a `JoinableQueue`: a queue that knows who has taken what.
 *
 * | state    | meaning                                                                                           |
 * | -------- | ------------------------------------------------------------------------------------------------- |
 * | leases   | for each client, what it has taken and not marked as done, oldest first                             |
 * | returned | with `redeliver`: what clients had that are gone, in the order it was first taken; gotten before all else |
 * | lost     | without: how many they had                                                                        |
 * | joiners  | who waits until nothing is unfinished                                                             |
 *
 * A client has a lease from the moment in which the server replies: when it dies before it reads the reply, the item comes back like any other.
 */
import { TimeoutError, type WaitOptions } from '@manycore/core';
import { deadlineOf } from '@manycore/core/internal';
import { QueueError, type JoinableQueueOptions, type QueueInspection } from '@manycore/queues';
import { caller, type CallerClient } from '../server/caller.js';
import { flagOf, optionsOf } from './arguments.js';
import { nameOf } from './caller-name.js';
import { QueueReferent, type Batch } from './queue.js';
import { WaitList } from './wait-list.js';

/** What one client has taken. */
interface Taker {
  /** The items, by the number of their lease; without redelivery they are not kept. */
  readonly leases: Map<number, unknown>;
  readonly forget: () => void;
}

interface Lost {
  readonly who: string;
  count: number;
}

/** A queue, in the memory of the server, that knows which of its items are done. */
export class JoinableQueueReferent extends QueueReferent {
  readonly #redelivers: boolean;
  readonly #takers = new Map<CallerClient, Taker>();
  readonly #joiners = new WaitList<undefined, true>();
  /** Sorted by the number of the lease, which is the order in which they were first taken. */
  #returned: [lease: number, item: unknown][] = [];
  readonly #lost: Lost[] = [];
  #unfinished = 0;
  #lastLease = 0;
  #isEnded = false;

  constructor(maxSize?: number, options?: JoinableQueueOptions) {
    super(maxSize, 'JoinableQueue');
    this.#redelivers = flagOf(optionsOf(options, 'JoinableQueue').redeliver, 'JoinableQueue: redeliver');
  }

  /** As `getMany`, with the number under which each item can be marked as done; without redelivery it makes no difference which. @param call - as in messages. */
  getLeased(max: number, call = 'get', options?: WaitOptions): Batch | Promise<Batch> {
    return this.take(this.checkedMax(max), call, options);
  }

  /**
   * Marks one item as done.
   * @param lease - which; default: the oldest that the client has, else one of another client of its process, else of another process, else one that nobody has.
   * @returns which, when the client had it.
   * @throws QueueError when every item is done already; with `redeliver`, when the client does not have that one.
   */
  taskDone(lease?: number): number | undefined {
    if (this.#unfinished <= 0) throw new QueueError('JoinableQueue.taskDone: called more often than items were put: every item is done already.');
    const { client } = caller();
    let done = lease;
    if (!this.#redelivers || lease === undefined) done = this.#dropOldest(client);
    else if (!this.#drop(client, lease)) {
      throw new QueueError('JoinableQueue.taskDone: this thread has not gotten such an item through this queue object, or has marked it as done already.');
    }
    this.#unfinished--;
    this.#endJoins();
    return done;
  }

  /** @throws TimeoutError when the time was up; QueueError when what is left was taken by clients that are gone. */
  join(options?: WaitOptions): void | Promise<void> {
    const deadline = deadlineOf(options, 'JoinableQueue.join');
    if (this.#unfinished <= 0) return;
    const error = this.#neverDone();
    if (error !== undefined) throw error;
    if (deadline === -Infinity) throw this.#timeUp(options);
    return this.#joiners.wait(undefined, deadline, caller().signal).then((given) => {
      if (given === undefined) throw this.#timeUp(options);
    });
  }

  override qsize(): number {
    return super.qsize() + this.#returned.length;
  }

  override inspect(): QueueInspection {
    return { ...super.inspect(), unfinished: this.#unfinished };
  }

  protected override takeOut(max: number, client: CallerClient): Batch {
    const returned = this.#returned.splice(0, max);
    const fresh = returned.length < max ? super.takeOut(max - returned.length, client).items : [];
    const taken = [...returned, ...fresh.map((item): [number, unknown] => [++this.#lastLease, item])];
    const { leases } = this.#taker(client);
    for (const [lease, item] of taken) leases.set(lease, this.#redelivers ? item : undefined);
    return { items: taken.map(([, item]) => item), leases: this.#redelivers ? taken.map(([lease]) => lease) : [] };
  }

  protected override added(): void {
    this.#unfinished++;
  }

  /** What is inside, and what would come back, counts as done; what was taken is still to be marked. */
  protected override dropped(count: number): void {
    this.#isEnded = true;
    this.#unfinished = Math.max(0, this.#unfinished - count - this.#returned.length);
    this.#returned = [];
    this.#endJoins();
  }

  #taker(client: CallerClient): Taker {
    let taker = this.#takers.get(client);
    if (taker === undefined) this.#takers.set(client, (taker = { leases: new Map(), forget: client.holds(() => this.#takeBack(client)) }));
    return taker;
  }

  #takeBack(client: CallerClient): void {
    const taker = this.#takers.get(client);
    if (taker === undefined) return;
    this.#takers.delete(client);
    const count = taker.leases.size;
    if (!this.#redelivers) this.#lost.push({ who: nameOf(client), count });
    else if (this.#isEnded) this.#unfinished = Math.max(0, this.#unfinished - count);
    else this.#returned = [...this.#returned, ...taker.leases].sort(([one], [other]) => one - other);
    this.serve();
    this.#endJoins();
  }

  #drop(client: CallerClient, lease: number): boolean {
    const taker = this.#takers.get(client);
    if (taker?.leases.delete(lease) !== true) return false;
    if (taker.leases.size === 0) {
      this.#takers.delete(client);
      taker.forget();
    }
    return true;
  }

  #dropOldest(client: CallerClient): number | undefined {
    const others = [...this.#takers.keys()];
    const first = this.#takers.has(client) ? client : (others.find(({ pid }) => pid === client.pid) ?? others[0]);
    if (first !== undefined) {
      const lease = this.#takers.get(first)!.leases.keys().next().value!;
      this.#drop(first, lease);
      if (first === client) return lease;
    } else if (this.#lost.length > 0 && --this.#lost[0]!.count === 0) {
      this.#lost.shift();
    }
    return undefined;
  }

  #endJoins(): void {
    if (this.#unfinished <= 0) {
      for (const joiner of this.#joiners) joiner.give(true);
      return;
    }
    if (this.#joiners.size === 0) return;
    const error = this.#neverDone();
    if (error !== undefined) for (const joiner of this.#joiners) joiner.fail(error);
  }

  /** When nothing is left to get, and nobody who lives has an item. */
  #neverDone(): QueueError | undefined {
    if (this.#lost.length === 0 || this.#takers.size > 0 || !this.empty()) return undefined;
    const shown = this.#lost.map(({ who, count }) => `${count} by ${who}`).join(', ');
    return new QueueError(
      `JoinableQueue.join: ${this.#unfinished} items will never be done: they were taken by processes or threads that died before taskDone(): ${shown}. ` +
        'Call taskDone() on their behalf, or make the queue with { redeliver: true }, which gives such items to others.',
    );
  }

  #timeUp(options: WaitOptions | undefined): TimeoutError {
    return new TimeoutError(`JoinableQueue.join: ${this.#unfinished} items were not done within ${options?.timeout ?? 0} ms.`);
  }
}
