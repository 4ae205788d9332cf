/** Calls that wait for a message of one connection, in the order they were made. */
import { READABLE, type Deadline } from '@manycore/core/internal';
import type { Demand, Incoming } from '../connection/channel.js';
import { awaitBlocked } from './descriptor.js';
import type { FrameReader } from './frame-reader.js';
import { Waiter } from './waiter.js';

/** A call of `receive`, or of `poll`: that looks only, and so has no limit of its own. */
interface Pending {
  readonly maxLength: number | undefined;
  readonly waiter: Waiter<Buffer | undefined>;
}

export class Receiving {
  readonly #pending = new Set<Pending>();
  /** How many of the reader's reads `onRead` knows of. */
  #told = 0;

  constructor(
    readonly reader: FrameReader,
    /** Calls wait that did not, or the other way round. */
    readonly onChange: () => void,
    /** A look has read something, and whoever else looks at this connection may find it here only. */
    readonly onRead: () => void,
  ) {}

  get isWaiting(): boolean {
    return this.#pending.size > 0;
  }

  async receive(demand: Demand, deadline: Deadline, signal: AbortSignal | undefined): Promise<Incoming | undefined> {
    const message = await this.#wait(demand.maxLength, deadline, signal);
    return message && incoming(message);
  }

  receiveBlocked(demand: Demand, deadline: Deadline): Incoming | undefined {
    const message = this.#waitBlocked(demand.maxLength, deadline);
    return message && incoming(message);
  }

  async poll(deadline: Deadline, signal: AbortSignal | undefined): Promise<boolean> {
    return (await this.#wait(undefined, deadline, signal)) !== undefined;
  }

  pollBlocked(deadline: Deadline): boolean {
    return this.#waitBlocked(undefined, deadline) !== undefined;
  }

  /** Whether a receive would not wait now. */
  isReady(): boolean {
    this.serve();
    return this.#pending.size === 0 && this.#look(undefined) !== undefined;
  }

  /** Gives out what is there. */
  serve(): void {
    const before = this.#pending.size;
    for (const pending of this.#pending) {
      let message: Buffer | undefined;
      try {
        message = this.#attempt(pending.maxLength);
      } catch (error) {
        this.#pending.delete(pending);
        pending.waiter.fail(error);
        continue;
      }
      if (message === undefined) break;
      this.#pending.delete(pending);
      pending.waiter.settle(message);
    }
    if (before > 0 && this.#pending.size === 0) this.onChange();
    this.#tell();
  }

  /** All that wait end so. */
  fail(error: () => Error): void {
    const all = [...this.#pending];
    this.#pending.clear();
    for (const { waiter } of all) waiter.fail(error());
  }

  /** A message; for a poll what stands for one, also at the end of file. */
  #attempt(maxLength: number | undefined): Buffer | undefined {
    if (maxLength !== undefined) return this.reader.pull(maxLength) ? this.reader.take() : undefined;
    try {
      return this.reader.pull() ? SOMETHING : undefined;
    } catch {
      // The next receive throws it again: that is what it would not wait for.
      return SOMETHING;
    }
  }

  /** As `#attempt`, for a call that is not among those that wait. */
  #look(maxLength: number | undefined): Buffer | undefined {
    try {
      return this.#attempt(maxLength);
    } finally {
      this.#tell();
    }
  }

  #tell(): void {
    const { reads } = this.reader;
    if (reads === this.#told) return;
    this.#told = reads;
    this.onRead();
  }

  #wait(maxLength: number | undefined, deadline: Deadline, signal: AbortSignal | undefined): Promise<Buffer | undefined> {
    if (signal?.aborted === true) return Promise.reject(signal.reason as Error);
    // Those before have the first look.
    this.serve();
    if (this.#pending.size === 0) {
      const message = this.#look(maxLength);
      if (message !== undefined || deadline === -Infinity) return Promise.resolve(message);
    } else if (deadline === -Infinity) return Promise.resolve(undefined);
    const pending: Pending = { maxLength, waiter: new Waiter() };
    const { waiter } = pending;
    const leave = (): void => {
      this.#pending.delete(pending);
      this.onChange();
    };
    const onTime = (): void => {
      // What came while the thread was busy counts.
      this.serve();
      if (waiter.isSettled) return;
      leave();
      waiter.settle(undefined);
    };
    waiter.limit(deadline, signal, onTime, (reason) => {
      leave();
      waiter.fail(reason);
    });
    this.#pending.add(pending);
    this.onChange();
    return waiter.promise;
  }

  #waitBlocked(maxLength: number | undefined, deadline: Deadline): Buffer | undefined {
    do {
      this.serve();
      const message = this.#pending.size === 0 ? this.#look(maxLength) : undefined;
      if (message !== undefined) return message;
    } while (awaitBlocked(this.reader.fd, READABLE, deadline));
    return undefined;
  }
}

const SOMETHING = Buffer.alloc(0);

const NO_PAYLOADS = Object.freeze([]);

const incoming = (bytes: Buffer): Incoming => ({ bytes, length: bytes.length, isOwn: true, payloads: NO_PAYLOADS });
