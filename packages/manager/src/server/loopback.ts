/**
 * Proxies in the server itself: those that arrive at it, as when a client puts one into a managed dict. They stay proxies, so that what they stand for stays the same object for everybody; each counts for the server until
 * it is collected as garbage. Their calls go straight to the object: nothing is copied.
 */
import { isThenable } from '@manycore/process/internal';
import type { Handle } from '../handle.js';
import { CALL, ITERATE, TRANSACT } from '../protocol.js';
import { RemoteObject } from '../remote-object.js';
import { newToken, receiverNow, type MakeProxy, type SharedProxy } from '../client/sharing.js';
import { Call } from './call.js';
import type { CallerClient } from './caller.js';
import { ClientSession } from './client-session.js';
import { isIterator } from './iteration.js';
import type { Dispatcher } from './dispatcher.js';
import type { Referent } from './referent.js';
import type { Referents } from './referents.js';

/** What a loopback needs of its server. */
export interface Loop extends Dispatcher {
  readonly id: string;
  readonly address: SharedProxy[1];
  readonly keyToShare: Uint8Array | undefined;
  readonly referents: Referents;
  readonly self: CallerClient;
  /** The proxy of an object that was just made, for code in the server, which may keep it. */
  toKeep(proxy: RemoteObject): RemoteObject;
}

export class LoopbackHandle implements Handle {
  #isReleased = false;

  /** @param counted - whether the proxy counts as a reference of the server. */
  constructor(
    readonly loop: Loop,
    readonly referent: Referent,
    readonly counted: boolean,
  ) {
    if (counted) loop.referents.retain(referent);
  }

  get typeid(): string {
    return this.referent.typeid;
  }

  get objectId(): number {
    return this.referent.id;
  }

  call(method: string, args: readonly unknown[], tree: number | undefined): Promise<unknown> {
    return this.#dispatch(CALL, method, [...args], tree);
  }

  transact(fn: Function): Promise<unknown> {
    return this.#dispatch(TRANSACT, '', [fn], undefined);
  }

  async *iterate(): AsyncGenerator<unknown> {
    yield* (await this.#dispatch(ITERATE, '', [], undefined)) as AsyncIterable<unknown>;
  }

  release(): void {
    if (this.#isReleased || !this.counted) return;
    this.#isReleased = true;
    this.loop.referents.release(this.referent);
  }

  share(): SharedProxy {
    const { loop, objectId, typeid } = this;
    const receiver = receiverNow();
    if (receiver instanceof ClientSession && receiver.referents === loop.referents) {
      receiver.references.add(objectId);
      return [loop.id, loop.address, objectId, typeid];
    }
    const token = newToken();
    loop.referents.pin(this.referent, token);
    return [loop.id, loop.address, objectId, typeid, token, loop.keyToShare];
  }

  toString(): string {
    return `<proxy of ${this.typeid} ${this.objectId}, in its server>`;
  }

  // An async function: what the method throws becomes a rejection.
  async #dispatch(kind: number, tail: unknown, args: unknown[], tree: number | undefined): Promise<unknown> {
    const result = this.loop.dispatch(kind, new Call(this.loop.self, tree), this.objectId, tail, args);
    const settled: unknown = isThenable(result) ? await result : result;
    if (settled instanceof RemoteObject) return this.loop.toKeep(settled);
    return isIterator(settled) ? asyncOver(settled) : settled;
  }
}

async function* asyncOver(iterator: { next(): unknown; return?(): unknown }): AsyncGenerator<unknown> {
  try {
    for (;;) {
      const { done, value } = (await iterator.next()) as IteratorResult<unknown, unknown>;
      if (done === true) return;
      yield value;
    }
  } finally {
    await iterator.return?.();
  }
}

/** The proxies of a server in its own thread: one of each object, for as long as somebody has it. */
export class Loopbacks {
  readonly #known = new Map<number, WeakRef<RemoteObject>>();
  readonly #collected = new FinalizationRegistry<LoopbackHandle>((handle) => {
    if (this.#known.get(handle.objectId)?.deref() === undefined) this.#known.delete(handle.objectId);
    handle.release();
  });

  of(loop: Loop, referent: Referent, make: MakeProxy): RemoteObject {
    const known = this.#known.get(referent.id)?.deref();
    if (known !== undefined) return known;
    const handle = new LoopbackHandle(loop, referent, true);
    const proxy = make(handle);
    this.#known.set(referent.id, new WeakRef(proxy));
    this.#collected.register(proxy, handle);
    return proxy;
  }
}
