/**
 * A place where threads wait for something of a primitive to become true, in both forms. The protocol is wait-queue.ts of @manycore/core: whoever may have made it true wakes, and whoever
 * is woken looks for itself.
 */
import { MOST_LOADS, newPatience, spinFor, waitBlocked, wakeAll, wakeOne, type BlockWords, type Deadline, type Session } from '@manycore/core/internal';

/** Tries once; undefined means: go on waiting. `lookForDead` asks for a look at participants that may have died. */
export type Attempt<T> = (lookForDead: boolean) => T | undefined;

export class Place {
  readonly #patience = newPatience(MOST_LOADS);

  /**
   * @param queue - index of the wait queue in `words`.
   * @param isWorthATry - a cheap look, repeated for some microseconds before a thread sleeps, whether an attempt may succeed now. It may err either way.
   */
  constructor(
    readonly session: Session,
    readonly words: BlockWords,
    readonly queue: number,
    readonly isWorthATry: () => boolean,
  ) {}

  /** Waits without blocking the event loop; undefined when the deadline passed first. Rejects with the signal's reason. Within this thread, first come, first served. */
  wait<T>(attempt: Attempt<T>, deadline: Deadline, signal: AbortSignal | undefined): Promise<T | undefined> {
    return this.session.waits.wait<T>(this.words, this.queue, attempt, deadline, signal);
  }

  /**
   * Blocks the thread; undefined when the deadline passed first. `sleep` takes the place of sleeping at the queue: for attempts that only some of the sleepers could make with success. Of
   * these one may be on its way to sleep while it is woken, and the next one that comes would hide that from it.
   */
  waitBlocked<T>(attempt: Attempt<T>, deadline: Deadline, sleep?: (ms: number) => void): T | undefined {
    const first = attempt(deadline === -Infinity);
    if (first !== undefined || deadline === -Infinity) return first;
    const patience = this.#patience;
    const look = (): boolean => spinFor(this.isWorthATry, patience);
    const second = look() ? attempt(false) : undefined;
    if (second !== undefined) return second;
    const { session, words, queue } = this;
    return session.blockedOn(words.block, deadline, () => waitBlocked(words, queue, session.kernel, attempt, deadline, { look, patience }, sleep));
  }

  /** Wakes one blocked thread and one event loop. */
  wakeOne(): void {
    wakeOne(this.words, this.queue, this.session.kernel);
  }

  wakeAll(): void {
    wakeAll(this.words, this.queue, this.session.kernel);
  }
}
