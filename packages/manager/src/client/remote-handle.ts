/** What a proxy in a client does its calls through. */
import { ClosedError } from '@manycore/core';
import type { Handle } from '../handle.js';
import { CALL, ITERATE, TRANSACT } from '../protocol.js';
import { RemoteIterator } from './remote-iterator.js';
import type { ServerConnection } from './server-connection.js';
import { receiverNow, type SharedProxy } from './sharing.js';

export class RemoteHandle implements Handle {
  #isReleased = false;

  constructor(
    readonly connection: ServerConnection,
    readonly typeid: string,
    readonly objectId: number,
  ) {}

  call(method: string, args: readonly unknown[], tree: number | undefined, entry: Function): Promise<unknown> {
    if (this.#isReleased) return Promise.reject(this.#closed(method));
    return this.connection.request(CALL, this.objectId, args, [method], tree, `${this.typeid}.${method}`, entry);
  }

  transact(fn: Function, entry: Function): Promise<unknown> {
    if (this.#isReleased) return Promise.reject(this.#closed('transact'));
    return this.connection.request(TRANSACT, this.objectId, [fn], [''], undefined, `${this.typeid}.transact`, entry);
  }

  iterate(): AsyncIterableIterator<unknown> {
    const open = (): Promise<unknown> => {
      if (this.#isReleased) throw this.#closed('[Symbol.asyncIterator]');
      return this.connection.request(ITERATE, this.objectId, [], [], undefined, `${this.typeid}[Symbol.asyncIterator]`, open);
    };
    return RemoteIterator.opening(open);
  }

  release(): void {
    if (this.#isReleased) return;
    this.#isReleased = true;
    this.connection.references.release(this.objectId);
  }

  share(): SharedProxy {
    if (this.#isReleased) throw this.#closed('send');
    const { connection, objectId, typeid } = this;
    const { serverId, address } = connection;
    const token = connection.pin(objectId);
    const key = receiverNow() === connection ? undefined : connection.keyToShare;
    return [serverId, address, objectId, typeid, token, key];
  }

  toString(): string {
    return `<proxy of ${this.typeid} ${this.objectId}${this.#isReleased ? ', given back' : ''}>`;
  }

  #closed(call: string): ClosedError {
    return new ClosedError(`${this.typeid}.${call}: this proxy was given back in this thread. Get another one from where you got it.`);
  }
}
