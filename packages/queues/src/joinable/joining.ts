/** Waiting until every item that was put is done, blocked or with promises. */
import { BUSY, session, waitBlocked, type Deadline } from '@manycore/core/internal';
import { ALL_DONE, AT_ALL_DONE, type JoinableCore } from './joinable-core.js';

export class Joining {
  readonly #session = session();

  constructor(readonly core: JoinableCore) {}

  /** False when the deadline passed first. @throws QueueError when what is left was taken by the dead. */
  async join(deadline: Deadline, signal: AbortSignal | undefined): Promise<boolean> {
    return (await this.#session.waits.wait(this.core.words, ALL_DONE, (lookForDead) => this.#attempt(lookForDead), deadline, signal)) === true;
  }

  #attempt(lookForDead: boolean): true | undefined | typeof BUSY {
    const { core } = this;
    if (core.unfinished > 0) {
      if (!lookForDead && !core.hasNewDead) return undefined;
      if (!core.tryLockConsumers(lookForDead)) return BUSY;
      this.#lookAfterDead();
      if (core.unfinished > 0) return undefined;
    }
    if (!core.tryLockProducers(lookForDead)) return BUSY;
    return this.#confirm();
  }

  joinBlocked(deadline: Deadline): boolean {
    const { core } = this;
    if (this.#attemptBlocked(true) === true) return true;
    const wait = (): true | undefined => waitBlocked(core.words, ALL_DONE, this.#session.kernel, (slept) => this.#attemptBlocked(slept), deadline);
    return deadline !== -Infinity && this.#session.blockedOn(core.block, deadline, wait, AT_ALL_DONE) === true;
  }

  /** The locks are only ever held for the length of a copy. */
  #attemptBlocked(lookForDead: boolean): true | undefined {
    const { core } = this;
    if (core.unfinished > 0) {
      if (!lookForDead) return undefined;
      core.lockConsumers(Infinity);
      this.#lookAfterDead();
      if (core.unfinished > 0) return undefined;
    }
    core.lockProducers(Infinity);
    return this.#confirm();
  }

  /** Gives the consumer lock up. */
  #lookAfterDead(): void {
    const { core } = this;
    let returned: number;
    try {
      returned = core.lookAfterDead();
    } finally {
      core.unlockConsumers();
    }
    if (returned > 0) core.announcePut();
  }

  /** Gives the producer lock up. */
  #confirm(): true | undefined {
    const { isAllDone } = this.core;
    this.core.unlockProducers();
    return isAllDone ? true : undefined;
  }
}
