import { inspect } from 'node:util';
import type { Handle } from './handle.js';

/** What a class of proxies is made with, by the package alone. */
export type ProxyClass<P extends RemoteObject = RemoteObject> = new (handle: Handle) => P;

/**
 * A proxy: stands for an object that lives in the process of a manager's server. Base of the classes of proxies; those of your own, for `register(typeid, { proxy })`, extend it and must be exported.
 *
 * The same object is the same proxy everywhere in a thread, so `===` tells whether two proxies are of one object. A proxy may be sent to any process of the tree, in arguments, queues, pipes and other managed objects,
 * and works there.
 *
 * The object lives as long as somebody has a proxy of it: a proxy counts until it is disposed, collected as garbage, or its process ends.
 */
export abstract class RemoteObject {
  readonly #handle: Handle;

  /** @internal Proxies are made by managers. */
  constructor(handle: Handle) {
    this.#handle = handle;
  }

  /**
   * Calls a method of the object. Does not wait for calls before it: any number may be underway on one connection, and they begin in their order.
   *
   * Functions among the arguments go by name, as the target of a Process. When the last argument is an options object with a `signal`, an abort rejects the promise with its reason and cancels the call on the server.
   *
   * @param tree - the async call tree that calls, for locks whose owner that is.
   * @throws ManagerError when the method is not exposed, and when the server is gone; what the method throws; SerializationError for arguments that cannot be sent; TargetError for functions that cannot be named.
   */
  protected call<R = unknown>(method: string, args: readonly unknown[] = [], tree?: number): Promise<R> {
    return this.#handle.call(method, args, tree) as Promise<R>;
  }

  /** Iterates over the object, in parts: many values at a time of a synchronous one. What is left is given back when the loop ends early. */
  protected iterate<T>(): AsyncIterableIterator<T> {
    return this.#handle.iterate() as AsyncIterableIterator<T>;
  }

  /** Gives the proxy back: its calls reject with ClosedError, also those of its other users in this thread. Twice is harmless. */
  [Symbol.dispose](): void {
    this.#handle.release();
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#handle.release();
    return Promise.resolve();
  }

  [inspect.custom](): string {
    return this.#handle.toString();
  }

  /** @internal */
  static handleOf(proxy: RemoteObject): Handle {
    return proxy.#handle;
  }
}
