/**
 * The proxies of one connection, by object: one proxy of each, for as long as somebody in the thread has it, and how often the server has counted the thread for it.
 */
import type { RemoteObject } from '../remote-object.js';

interface Held {
  proxy: WeakRef<RemoteObject>;
  /** References that the server counts. */
  count: number;
}

export class References {
  readonly #held = new Map<number, Held>();
  readonly #collected = new FinalizationRegistry<number>((objectId) => {
    // Another proxy of the object may have come meanwhile: it counts for both.
    if (this.#held.get(objectId)?.proxy.deref() === undefined) this.release(objectId);
  });

  /** @param drop - tells the server. */
  constructor(readonly drop: (objectId: number, count: number) => void) {}

  /** One more reference. */
  add(objectId: number, make: () => RemoteObject): RemoteObject {
    const held = this.#held.get(objectId);
    const known = held?.proxy.deref();
    if (held !== undefined) held.count++;
    if (known !== undefined) return known;
    const proxy = make();
    this.#collected.register(proxy, objectId);
    if (held === undefined) this.#held.set(objectId, { proxy: new WeakRef(proxy), count: 1 });
    else held.proxy = new WeakRef(proxy);
    return proxy;
  }

  /** Gives all of an object's back. A second time does nothing. */
  release(objectId: number): void {
    const held = this.#held.get(objectId);
    if (held === undefined) return;
    this.#held.delete(objectId);
    this.drop(objectId, held.count);
  }
}
