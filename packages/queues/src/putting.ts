/**
 * Putting an encoded message into a queue, blocked or with promises. Several calls of one thread keep their order: one that comes while others wait goes behind them.
 */
import { OutOfMemoryError } from '@manycore/core';
import { BUSY, session, waitBlocked, type Deadline, type Encoded } from '@manycore/core/internal';
import { QueueShutdownError } from './errors.js';
import { AT_NOT_FULL, CLOSED, DONE, FULL, NOT_FULL, type QueueCore } from './queue-core.js';

export class Putting {
  readonly #core: QueueCore;
  readonly #session = session();
  /** Promises of this object that wait for room. */
  #waiting = 0;

  constructor(core: QueueCore) {
    this.#core = core;
  }

  /** False when the deadline passed first. `message` may be the thread's scratch: it is copied before anything waits. */
  async put(message: Encoded, deadline: Deadline, signal: AbortSignal | undefined): Promise<boolean> {
    if (deadline === -Infinity) return this.putBlocked(message, deadline);
    if (this.#waiting === 0) {
      const first = this.#attempt(message, false);
      if (first === true) return true;
    }
    const kept = message.keep();
    // Whoever puts may let go of what the item mentions before there is room.
    const holds = this.#session.heap.holdAll(kept.refs);
    this.#waiting++;
    try {
      const done = await this.#session.waits.wait(this.#core.words, NOT_FULL, (lookForDead) => this.#attempt(kept, lookForDead), deadline, signal);
      return done === true;
    } finally {
      this.#waiting--;
      this.#session.heap.releaseAll(holds);
    }
  }

  #attempt(message: Encoded, lookForDead: boolean): true | undefined | typeof BUSY {
    const core = this.#core;
    if (!core.tryLockProducers(lookForDead)) return BUSY;
    return this.#putLocked(message);
  }

  /** False when the deadline passed first. */
  putBlocked(message: Encoded, deadline: Deadline): boolean {
    if (this.#attemptBlocked(message, deadline)) return true;
    if (deadline === -Infinity) return false;
    const { block, words } = this.#core;
    const wait = (): true | undefined => waitBlocked(words, NOT_FULL, this.#session.kernel, () => this.#attemptBlocked(message, deadline), deadline);
    return this.#session.blockedOn(block, deadline, wait, AT_NOT_FULL) === true;
  }

  /** The lock is only ever held for the length of a copy, so even a call that must not wait for room waits for the lock. */
  #attemptBlocked(message: Encoded, deadline: Deadline): true | undefined {
    if (!this.#core.lockProducers(deadline === -Infinity ? Infinity : deadline)) return undefined;
    return this.#putLocked(message);
  }

  #putLocked(message: Encoded): true | undefined {
    const core = this.#core;
    let outcome;
    try {
      outcome = core.put(message);
    } finally {
      core.unlockProducers();
    }
    if (outcome === DONE) {
      message.commit();
      core.announcePut();
      core.announceRoom();
      return true;
    }
    if (outcome === CLOSED) throw new QueueShutdownError(`${core.name}.put: the queue was shut down.`);
    if (outcome === FULL && core.maxSize === 0) {
      throw new OutOfMemoryError(
        `${core.name}.put: ${core.size} items fill all the room an unbounded queue has, and nobody takes them. A Queue with a maxSize makes producers wait for consumers.`,
      );
    }
    return undefined;
  }
}
