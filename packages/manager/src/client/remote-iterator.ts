/** Iterates over something in a server, in parts, one request at a time. */
import { NEXT, RETURN } from '../protocol.js';
import type { ServerConnection } from './server-connection.js';

type Part = readonly [values: readonly unknown[], isOver: boolean];

/** Iterators that nobody has any more. */
const collected = new FinalizationRegistry<{ connection: ServerConnection; id: number }>(({ connection, id }) => connection.tell(RETURN, 0, id));

export class RemoteIterator implements AsyncIterableIterator<unknown> {
  #values: readonly unknown[] = [];
  #at = 0;
  #isOver = false;
  /** The step before: they are made one after the other. */
  #last: Promise<unknown> = Promise.resolve();

  readonly #connection: ServerConnection;
  readonly #id: number;

  constructor(connection: ServerConnection, id: number) {
    this.#connection = connection;
    this.#id = id;
    collected.register(this, { connection, id }, this);
  }

  /** One that is opened when its first value is asked for. */
  static opening(open: () => Promise<unknown>): AsyncIterableIterator<unknown> {
    return (async function* () {
      yield* (await open()) as RemoteIterator;
    })();
  }

  next(): Promise<IteratorResult<unknown>> {
    const step = this.#last.then(() => this.#next());
    this.#last = step.catch(() => undefined);
    return step;
  }

  return(value?: unknown): Promise<IteratorResult<unknown>> {
    if (!this.#isOver) {
      this.#end();
      this.#connection.tell(RETURN, 0, this.#id);
    }
    return Promise.resolve({ done: true, value });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.return().then(() => undefined);
  }

  async #next(): Promise<IteratorResult<unknown>> {
    while (this.#at === this.#values.length) {
      if (this.#isOver) return { done: true, value: undefined };
      await this.#more();
    }
    return { done: false, value: this.#values[this.#at++] };
  }

  async #more(): Promise<void> {
    let part: Part;
    try {
      part = (await this.#connection.request(NEXT, this.#id, [], [], undefined, 'iterator.next', this.next)) as Part;
    } catch (error) {
      this.#end();
      throw error;
    }
    if (this.#isOver) return;
    [this.#values] = part;
    this.#at = 0;
    if (part[1]) this.#end(this.#values);
  }

  #end(left: readonly unknown[] = []): void {
    this.#isOver = true;
    this.#values = left;
    this.#at = 0;
    collected.unregister(this);
  }
}
