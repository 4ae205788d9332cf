/** One connection object's use of its channel: which calls it may make now, and what ends that. */
import { ClosedError, InvalidStateError, type SyncWaitOptions, type WaitOptions } from '@manycore/core';
import { deadlineOf, type Deadline } from '@manycore/core/internal';
import { MessageTooLongError } from '../errors.js';
import { announceChange } from '../ready/changes.js';
import type { Channel, Demand, Incoming } from './channel.js';
import { timeUp } from './messages.js';

export class ChannelUse {
  isClosed = false;
  /** A message was too long: what follows cannot be told apart from its rest on a socket, and Python gives up as well. */
  isDeaf = false;

  constructor(readonly channel: Channel) {}

  /** Waiting calls throw ClosedError. A second time does nothing. */
  end(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.channel.close();
    announceChange(this.channel);
  }

  /** The begin of a call that may wait. @throws ClosedError; TypeError, RangeError for options that do not fit; the signal's reason. */
  begin(call: string, options: WaitOptions | undefined): Deadline {
    this.opened(call);
    if (options === undefined) return Infinity;
    const deadline = deadlineOf(options, `Connection.${call}`);
    options.signal?.throwIfAborted();
    return deadline;
  }

  /** @throws ClosedError */
  opened(call: string): Channel {
    if (this.isClosed) throw new ClosedError(`Connection.${call}: this connection was closed in this process.`);
    return this.channel;
  }

  /** @throws ClosedError, InvalidStateError */
  readable(call: string): Channel {
    const channel = this.opened(call);
    if (!channel.isReadable) throw new InvalidStateError(`Connection.${call}: this end of the connection only writes. Receive from the other one.`);
    if (this.isDeaf) throw new InvalidStateError(`Connection.${call}: a message was longer than allowed, and this connection object receives no more since then.`);
    return channel;
  }

  /** @throws ClosedError, InvalidStateError */
  writable(call: string): Channel {
    const channel = this.opened(call);
    if (!channel.isWritable) throw new InvalidStateError(`Connection.${call}: this end of the connection only reads. Send from the other one.`);
    return channel;
  }

  /** Throws at once what is wrong with the call. */
  receive(call: string, demand: Demand, options: WaitOptions | undefined): Promise<Incoming> {
    const deadline = this.begin(call, options);
    return this.readable(call)
      .receive(demand, deadline, options?.signal)
      .then(
        (message) => message ?? nothingCame(call, options),
        (error: unknown) => this.#failed(error),
      );
  }

  receiveBlocked(call: string, demand: Demand, options: SyncWaitOptions | undefined): Incoming {
    const deadline = this.begin(call, options);
    const channel = this.readable(call);
    try {
      return channel.receiveBlocked(demand, deadline) ?? nothingCame(call, options);
    } catch (error) {
      return this.#failed(error);
    }
  }

  #failed(error: unknown): never {
    if (MessageTooLongError.isInstance(error) && !this.isClosed) {
      this.isDeaf = true;
      if (!this.channel.isWritable) this.end();
      else announceChange(this.channel);
    }
    throw error;
  }
}

function nothingCame(call: string, options: SyncWaitOptions | undefined): never {
  throw timeUp(call, options);
}
