/** Messages over a link in shared memory. */
import { loadModules, type Encoded } from '@manycore/core/internal';
import type { Link, Received } from '@manycore/queues/internal';
import { Header } from '../protocol.js';
import type { Incoming, Wire } from './wire.js';

export class LinkWire implements Wire {
  readonly isLocal = true;
  readonly #link: Link;
  readonly #header = new Header();

  constructor(link: Link) {
    this.#link = link;
  }

  get isCongested(): boolean {
    return this.#link.backlog > 0;
  }

  get hasBacklog(): boolean {
    return this.#link.backlog > 0;
  }

  get hasMessage(): boolean {
    return this.#link.hasMessage;
  }

  isOver(lookForDead: boolean): boolean {
    return this.#link.isPeerGone(lookForDead);
  }

  put(message: Encoded): void {
    this.#link.put(message);
  }

  announce(): void {
    if (this.#link.backlog > 0) this.#link.flush();
    else this.#link.announce();
  }

  take(): Incoming | undefined {
    const received = this.#link.take();
    if (received === undefined) return undefined;
    const header = this.#header;
    // The words end the head; large buffers come apart.
    header.read(received.bytes, received.length);
    return new LinkMessage(this.#link, received, header);
  }

  whenReady(): Promise<void> {
    return this.#link.whenReady();
  }

  whenRoom(): Promise<void> {
    return this.#link.whenRoom();
  }

  stopWaiting(): void {
    this.#link.stopWaiting();
  }

  close(): void {
    this.#link.close();
  }
}

class LinkMessage implements Incoming {
  constructor(
    private readonly link: Link,
    private readonly received: Received,
    readonly header: Header,
  ) {}

  load(): Promise<void> | undefined {
    return loadModules(this.received.bytes, 0, this.header.length);
  }

  read(callSite?: string): unknown {
    return this.link.decode(this.received, this.header.length, callSite === undefined ? {} : { callSite });
  }

  keep(): Incoming {
    return new LinkMessage(this.link, this.link.keep(this.received, this.received.length), Object.assign(new Header(), this.header));
  }
}
