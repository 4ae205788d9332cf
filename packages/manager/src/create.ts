import type { RemoteObject } from './remote-object.js';
import type { Remote } from './remote.js';

/** The method of a manager that makes an object of a type: resolves with its proxy. */
export type Create<A extends readonly unknown[], P> = (...args: A) => Promise<P>;

/**
 * The same, from the type's factory: for the declaration of a registered type.
 *
 * @example
 * export class MyManager extends BaseManager {
 *   declare readonly Counter: Creator<typeof Counter>;
 * }
 * MyManager.register('Counter', { factory: Counter });
 */
export type Creator<F> = F extends abstract new (...args: infer A) => infer T ? Create<A, Remote<T>> : F extends (...args: infer A) => infer T ? Create<A, Remote<Awaited<T>>> : never;

/** A proxy of which nothing more is known: any method may be called. */
export type Created = RemoteObject<never> & Readonly<Record<string, (...args: unknown[]) => Promise<unknown>>>;
