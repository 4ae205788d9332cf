import { inspect } from 'node:util';
import type { Handle } from './handle.js';
import type { RemoteResult } from './remote.js';

/** A class of proxies; the package alone makes them. */
export type ProxyClass<P extends RemoteObject = RemoteObject> = new (handle: Handle) => P;

/**
 * A proxy: stands for an object that lives in the process of a manager's server. Base of the classes of proxies; those of your own, for `register(typeid, { proxy })`, extend it and must be exported.
 *
 * The same object is the same proxy everywhere in a thread, so `===` tells whether two proxies are of one object; it says nothing of their values. A proxy may be sent to any process of the tree, in arguments, queues,
 * pipes and other managed objects, and works there.
 *
 * The object lives as long as somebody has a proxy of it: a proxy counts until it is disposed, collected as garbage, or its process ends.
 *
 * @typeParam T - the object, as it is in the server.
 * @see Python `multiprocessing.managers.BaseProxy`. Differs: calls give promises, and any number may be underway; one proxy may be used by all of a thread.
 */
export abstract class RemoteObject<T = unknown> {
  readonly #handle: Handle;

  /** @internal Proxies are made by managers. */
  constructor(handle: Handle) {
    this.#handle = handle;
  }

  /**
   * Calls a method of the object. Does not wait for calls before it: any number may be underway on one connection, and they begin in their order.
   *
   * Functions among the arguments go by name, as the target of a Process. When the last argument is an options object with a `signal`, an abort cancels the call in the server and rejects the promise with its reason;
   * if the server was done at that moment, the promise has the result.
   *
   * @param tree - the async call tree that calls, for locks whose owner that is.
   * @throws ManagerError when the method is not exposed, and when the server is gone; ClosedError when the proxy was given back; what the method throws; SerializationError for arguments or results that cannot be sent;
   *   TargetError for functions that cannot be named. All by the promise.
   */
  protected call<R = unknown>(method: string, args: readonly unknown[] = [], tree?: number): Promise<R> {
    return this.#handle.call(method, args, tree, this.call) as Promise<R>;
  }

  /** Iterates over the object, in parts: many values at a time of a synchronous one. What is left is given back when the loop ends early. */
  protected iterate<I>(): AsyncIterableIterator<I> {
    return this.#handle.iterate() as AsyncIterableIterator<I>;
  }

  /**
   * Gives what `fn` gives for the object, in the server: atomic, as other calls of the object wait until it is done, also when it returns a promise. What it changed before it threw stays changed.
   *
   * @param fn - named as the target of a Process, or `inline`. It runs in the server: one that takes long holds up everybody.
   * @throws as every call; what `fn` throws.
   */
  transact<R>(fn: (referent: T) => R): Promise<RemoteResult<Awaited<R>>> {
    return this.#handle.transact(fn, this.transact) as Promise<RemoteResult<Awaited<R>>>;
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
