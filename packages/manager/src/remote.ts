import type { RemoteObject } from './remote-object.js';

/** A value as it comes out of the server: a proxy stays what it is, and an iterator is one over what is far. */
export type RemoteResult<R> = R extends RemoteObject<never> ? R : R extends AsyncIterator<infer T> | Iterator<infer T> ? AsyncIterableIterator<T> : R;

/** A method as a proxy has it: the same parameters, and a promise for the result. */
export type RemoteMethod<F> = F extends (...args: infer A) => infer R ? (...args: A) => Promise<RemoteResult<Awaited<R>>> : never;

type MethodNames<T> = { [K in keyof T]: K extends string ? (K extends `_${string}` ? never : T[K] extends (...args: never[]) => unknown ? K : never) : never }[keyof T];

type ItemOf<T> = T extends AsyncIterable<infer I> | Iterable<infer I> ? I : never;

/**
 * A proxy of a `T` in a server: its methods, each of which gives a promise; what is no method is not there. An iterable is async-iterable. Methods whose names begin with `_` stay in the server.
 *
 * Arguments and results are copied, as by structured clone; proxies among them stay proxies of the same objects.
 */
export type Remote<T> = RemoteObject<T> & { readonly [K in MethodNames<T>]: RemoteMethod<T[K]> } & ([ItemOf<T>] extends [never] ? unknown : AsyncIterable<ItemOf<T>>);
