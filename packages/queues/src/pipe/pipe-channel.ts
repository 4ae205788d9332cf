/** What a connection over one end of a pipe works through. */
import { decode, encodeApart, loadModules, READY, registerShareable, type Deadline, type Readiness, type ShareRecord } from '@manycore/core/internal';
import type { Channel, Demand, Incoming, MessageKind, Outgoing } from '../connection/channel.js';
import { Connection } from '../connection/connection.js';
import { NOT_EMPTY } from '../locked-ring.js';
import type { Received } from './direction.js';
import type { Inlet } from './inlet.js';
import type { Outlet } from './outlet.js';
import { PIPE_END_TYPE, PipeEnd } from './pipe-end.js';

registerShareable(PIPE_END_TYPE, { module: import.meta.url, rebuild: (ref) => overPipe(PipeEnd.arrived(ref)) });

export const overPipe = (end: PipeEnd): Connection => new Connection(new PipeChannel(end));

export class PipeChannel implements Channel {
  readonly description = 'pipe';
  isClosed = false;
  readonly #end: PipeEnd;

  constructor(end: PipeEnd) {
    this.#end = end;
    end.use();
  }

  get isReadable(): boolean {
    return this.#end.inlet !== undefined;
  }

  get isWritable(): boolean {
    return this.#end.outlet !== undefined;
  }

  encode(value: unknown): Outgoing {
    return encodeApart(value, 'value');
  }

  send(kind: MessageKind, message: Outgoing, deadline: Deadline, signal: AbortSignal | undefined): Promise<boolean> {
    return this.#outlet.send(this, kind, message, deadline, signal);
  }

  sendBlocked(kind: MessageKind, message: Outgoing, deadline: Deadline): boolean {
    return this.#outlet.sendBlocked(this, kind, message, deadline);
  }

  receive(demand: Demand, deadline: Deadline, signal: AbortSignal | undefined): Promise<Received | undefined> {
    return this.#inlet.receive(this, demand, deadline, signal);
  }

  receiveBlocked(demand: Demand, deadline: Deadline): Received | undefined {
    return this.#inlet.receiveBlocked(this, demand, deadline);
  }

  poll(deadline: Deadline, signal: AbortSignal | undefined): Promise<boolean> {
    return this.#inlet.poll(this, deadline, signal);
  }

  pollBlocked(deadline: Deadline): boolean {
    return this.#inlet.pollBlocked(this, deadline);
  }

  load({ bytes, length }: Incoming): Promise<void> | undefined {
    return loadModules(bytes, 0, length);
  }

  decode({ bytes, length, isOwn, payloads, blocks }: Received): unknown {
    const { direction } = this.#inlet;
    const { inbox } = direction.memory;
    // User code may run in here, and receive something itself.
    const wasInUse = inbox.isInUse;
    inbox.isInUse = true;
    try {
      return decode(bytes, 0, length, isOwn ? { own: true, payloads } : undefined);
    } finally {
      inbox.isInUse = wasInUse;
      direction.releaseTaken(blocks);
    }
  }

  endWriting(): void {
    this.#outlet.direction.end();
  }

  close(): void {
    this.isClosed = true;
    this.#end.leave();
  }

  share(): ShareRecord {
    return { type: PIPE_END_TYPE, block: this.#end.block };
  }

  [READY](): Readiness {
    const { direction } = this.#inlet;
    return { places: [{ words: direction.words, queue: NOT_EMPTY }], isReady: (lookForDead) => this.#inlet.isReady(this, lookForDead) };
  }

  // The connection asks only what the end can do.

  get #inlet(): Inlet {
    return this.#end.inlet!;
  }

  get #outlet(): Outlet {
    return this.#end.outlet!;
  }
}
