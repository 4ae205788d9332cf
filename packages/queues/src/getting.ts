/**
 * Taking messages out of a queue, blocked or with promises, and decoding them. Several calls of one thread keep their order.
 *
 * A message is copied out under the lock and decoded outside of it. One at a time goes through the inbox of the thread, without garbage; what must outlive that (a batch, or a message
 * whose modules have to be imported first) gets bytes of its own.
 */
import { BUSY, decode, learnFromSleep, loadModules, now, session, waitBlocked, wakeAll, type Block, type Deadline, type Session } from '@manycore/core/internal';
import { QueueShutdownError } from './errors.js';
import { AT_NOT_EMPTY, CLOSED, DONE, NOT_EMPTY, type QueueCore } from './queue-core.js';

/** A message that was taken but not decoded yet. */
class Message {
  /** It was tried, in vain. */
  failure: { readonly error: unknown } | undefined;

  constructor(
    readonly bytes: Buffer,
    readonly length: number,
    readonly isOwn: boolean,
    readonly lease: number,
    /** Holds on what the message mentions, until the decoded value has its own. */
    readonly blocks: readonly Block[],
  ) {}
}

/** Items that were there at once; boxed, because an item may be undefined. */
type Items<T> = T[];

export class Getting<T> {
  readonly #core: QueueCore;
  readonly #session: Session = session();
  /** Promises of this object that wait for an item. */
  #waiting = 0;
  /** Taken in a batch behind one that could not be decoded: the next call gets them. */
  readonly #left: Message[] = [];

  constructor(core: QueueCore) {
    this.#core = core;
  }

  /** 1 to `max` items, or undefined when the deadline passed first. */
  async get(max: number, deadline: Deadline, signal: AbortSignal | undefined): Promise<Items<T> | undefined> {
    if (deadline === -Infinity) return this.getBlocked(max, deadline);
    const { asyncItemSpinner } = this.#core;
    let taken = this.#waiting === 0 ? this.#attempt(max, false) : undefined;
    if (taken === undefined && this.#waiting === 0 && asyncItemSpinner.look()) taken = this.#attempt(max, false);
    if (taken === undefined || taken === BUSY) {
      this.#waiting++;
      const since = now();
      try {
        taken = await this.#session.waits.wait(this.#core.words, NOT_EMPTY, (lookForDead) => this.#attempt(max, lookForDead), deadline, signal);
      } finally {
        this.#waiting--;
        learnFromSleep(asyncItemSpinner.patience, now() - since);
      }
    }
    if (taken === undefined) return undefined;
    const items: T[] = [];
    for (const [i, message] of taken.entries()) {
      try {
        // `import` reaches modules that a blocking get can only `require`.
        const loading = loadModules(message.bytes, 0, message.length);
        if (loading !== undefined) await loading;
        items.push(this.#decode(message));
      } catch (error) {
        this.#leave(taken, i, error);
        break;
      }
    }
    return items;
  }

  #attempt(max: number, lookForDead: boolean): Message[] | undefined | typeof BUSY {
    if (this.#left.length > 0) return this.#left.splice(0, max);
    const core = this.#core;
    if (!core.isWorthALook(lookForDead)) return undefined;
    if (!core.tryLockConsumers(lookForDead)) return BUSY;
    return this.#takeLocked(max, lookForDead);
  }

  /** 1 to `max` items, or undefined when the deadline passed first. */
  getBlocked(max: number, deadline: Deadline): Items<T> | undefined {
    const core = this.#core;
    // A call that does not wait makes one attempt: it looks for everything.
    let taken = this.#attemptBlocked(max, deadline, deadline === -Infinity);
    if (taken === undefined && deadline !== -Infinity) {
      if (core.itemSpinner.look()) taken = this.#attemptBlocked(max, deadline, false);
      taken ??= this.#session.blockedOn(
        core.block,
        deadline,
        () => waitBlocked(core.words, NOT_EMPTY, this.#session.kernel, (slept) => this.#attemptBlocked(max, deadline, slept), deadline, core.itemSpinner),
        AT_NOT_EMPTY,
      );
    }
    return taken;
  }

  #attemptBlocked(max: number, deadline: Deadline, lookForDead: boolean): Items<T> | undefined {
    if (this.#left.length > 0) return this.#decodeAll(this.#left.splice(0, max));
    const core = this.#core;
    if (!core.isWorthALook(lookForDead)) return undefined;
    // The lock is only ever held for the length of a copy, so even a call that must not wait for an item waits for the lock.
    if (!core.lockConsumers(deadline === -Infinity ? Infinity : deadline)) return undefined;
    if (max > 1) {
      const taken = this.#takeLocked(max, lookForDead);
      return taken && this.#decodeAll(taken);
    }
    let outcome;
    try {
      outcome = core.take(lookForDead);
    } finally {
      core.unlockConsumers();
    }
    if (outcome === DONE) {
      core.announceTake();
      const { takenLease } = core;
      const { inbox } = core.memory;
      const blocks = core.claimTaken();
      // User code may run in here, and get from a queue: see Inbox.
      inbox.isInUse = true;
      try {
        const value = decode(inbox.bytes, 0, core.taken.length, inbox.isOwn ? OWN : undefined) as T;
        core.given(takenLease, value);
        return [value];
      } finally {
        inbox.isInUse = false;
        core.releaseTaken(blocks);
      }
    }
    if (outcome === CLOSED) throw shutDown(core);
    return undefined;
  }

  #decodeAll(messages: Message[]): Items<T> {
    const items: T[] = [];
    for (const [i, message] of messages.entries()) {
      try {
        items.push(this.#decode(message));
      } catch (error) {
        this.#leave(messages, i, error);
        break;
      }
    }
    return items;
  }

  /** The message at `at` of a batch could not be decoded: those before it are given out, and the next call meets the error; the first one's is thrown now. Nothing but what has an error is lost. */
  #leave(messages: Message[], at: number, error: unknown): void {
    const core = this.#core;
    messages[at]!.failure = { error };
    this.#left.unshift(...messages.slice(at === 0 ? 1 : at));
    if (this.#left.length > 0) wakeAll(core.words, NOT_EMPTY, this.#session.kernel);
    if (at === 0) throw error;
  }

  #decode({ bytes, length, isOwn, lease, blocks, failure }: Message): T {
    if (failure !== undefined) throw failure.error;
    try {
      const value = decode(bytes, 0, length, isOwn ? OWN : undefined) as T;
      this.#core.given(lease, value);
      return value;
    } finally {
      this.#core.releaseTaken(blocks);
    }
  }

  /** Takes what is there, under the lock that is held now and given up here. */
  #takeLocked(max: number, lookForDead: boolean): Message[] | undefined {
    const core = this.#core;
    const { inbox } = core.memory;
    const messages: Message[] = [];
    let outcome;
    const wasInUse = inbox.isInUse;
    inbox.isInUse = true;
    try {
      do {
        try {
          outcome = core.take(lookForDead);
        } catch (error) {
          // What was taken before is given out; the next call meets the same again.
          if (messages.length === 0) throw error;
          break;
        }
        if (outcome === DONE) messages.push(new Message(inbox.bytes, core.taken.length, inbox.isOwn, core.takenLease, core.claimTaken()));
      } while (outcome === DONE && messages.length < max);
    } finally {
      inbox.isInUse = wasInUse;
      core.unlockConsumers();
    }
    if (messages.length > 0) {
      core.announceTake();
      return messages;
    }
    if (outcome === CLOSED) throw shutDown(core);
    return undefined;
  }
}

const OWN = { own: true };

const shutDown = ({ name }: QueueCore): QueueShutdownError => new QueueShutdownError(`${name}.get: the queue was shut down and is empty.`);
