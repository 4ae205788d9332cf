/**
 * What `register` says of a type, and the types of each class of managers. A subclass has those of the classes above it, and may say otherwise of one of them.
 *
 * A referent's methods are found once, when its type is first used: own, named functions of its classes. Nothing is ever looked up by a name that a client sent but in that table, so that `constructor`, `__proto__` and
 * what else every object has are no methods.
 */
import { describe } from '@manycore/core/internal';
import { ManagerError } from './errors.js';
import type { ProxyClass } from './remote-object.js';

/** Makes the object that clients share: a class, or a function, which may return a promise. Runs in the server with the arguments of the creation. */
export type Factory = (abstract new (...args: never[]) => object) | ((...args: never[]) => unknown);

/** Options of `register`. */
export interface TypeOptions {
  /** Absent: the type can be used only with a server elsewhere, which has one. */
  factory?: Factory | undefined;
  /** Names of the methods that clients may call. Default: all of the object and its classes whose names do not begin with `_`. */
  exposed?: readonly string[] | undefined;
  /** Methods whose results are not copied, but become objects of a type of their own, as a proxy. */
  methodToTypeid?: Readonly<Record<string, string>> | undefined;
  /** The class of the proxies: an exported class that extends RemoteObject. Default: one that has every method. */
  proxy?: ProxyClass | undefined;
  /** Whether managers get a method of that name which makes one. Default true. */
  createMethod?: boolean | undefined;
}

/** Of the types of this package, whose factories are in server/factories.ts. */
export interface OwnTypeOptions extends TypeOptions {
  /** Methods that are given a function: while its promise is pending, other calls of the object wait. */
  exclusive?: readonly string[];
  /** Run in the client on the arguments of a creation, before they are sent: brings functions that go by name to the top. */
  prepare?: (args: readonly unknown[]) => readonly unknown[];
}

const KNOWN = ['factory', 'exposed', 'methodToTypeid', 'proxy', 'createMethod', 'exclusive', 'prepare'];

/** Types by name; those of the class above are found through `above`. */
export class Registry {
  readonly #types = new Map<string, OwnTypeOptions>();

  constructor(readonly above?: Registry) {}

  set(typeid: string, options: OwnTypeOptions): void {
    this.#types.set(typeid, options);
  }

  find(typeid: string): OwnTypeOptions | undefined {
    return this.#types.get(typeid) ?? this.above?.find(typeid);
  }

  /** All names, those of the class itself first. */
  names(): string[] {
    return [...new Set([...this.#types.keys(), ...(this.above?.names() ?? [])])];
  }

  /** @throws ManagerError when there is no such type. */
  require(typeid: string): OwnTypeOptions {
    const found = this.find(typeid);
    if (found === undefined) throw new ManagerError(`There is no type ${describe(typeid)} in this server. It has: ${this.names().join(', ')}. Register it on the manager's class, at the top level of its module.`);
    return found;
  }
}

/** @throws TypeError */
export function checkTypeOptions(typeid: unknown, options: unknown): asserts options is OwnTypeOptions {
  const call = `register(${typeof typeid === 'string' ? `'${typeid}'` : '…'})`;
  if (typeof typeid !== 'string' || typeid === '') throw new TypeError(`${call}: the type's name must be a string that is not empty, got ${describe(typeid)}.`);
  if (typeof options !== 'object' || options === null) throw new TypeError(`${call}: expected an options object { factory, exposed, methodToTypeid, proxy, createMethod }, got ${describe(options)}.`);
  const unknown = Object.keys(options).find((key) => !KNOWN.includes(key));
  if (unknown !== undefined) throw new TypeError(`${call}: there is no option ${unknown}. There are: ${KNOWN.slice(0, -2).join(', ')}.`);
  const { factory, exposed, methodToTypeid, proxy, createMethod } = options as TypeOptions;
  if (factory !== undefined && typeof factory !== 'function') throw new TypeError(`${call}: factory must be a class or a function, got ${describe(factory)}.`);
  if (exposed !== undefined && !(Array.isArray(exposed) && exposed.every((name) => typeof name === 'string'))) throw new TypeError(`${call}: exposed must be an array of method names, got ${describe(exposed)}.`);
  if (methodToTypeid !== undefined && (typeof methodToTypeid !== 'object' || methodToTypeid === null)) throw new TypeError(`${call}: methodToTypeid must be an object { method: typeid }, got ${describe(methodToTypeid)}.`);
  if (proxy !== undefined && typeof proxy !== 'function') throw new TypeError(`${call}: proxy must be a class that extends RemoteObject, got ${describe(proxy)}.`);
  if (createMethod !== undefined && typeof createMethod !== 'boolean') throw new TypeError(`${call}: createMethod must be true or false, got ${describe(createMethod)}.`);
}
