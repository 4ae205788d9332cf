/** Reducers keep instances of a user's class whole: structured clone alone would drop their prototype and private fields. */

export interface Reducer {
  /** What the receiving side looks for: the class name, behind the module it is exported from when that was given. */
  readonly name: string;
  /** URL of the module whose import registers the reducer; empty when the other side must have registered it by itself. */
  readonly module: string;
  reduce(value: unknown): unknown;
  rebuild(data: unknown): unknown;
}

interface Registry {
  readonly byName: Map<string, { readonly prototype: object; readonly reducer: Reducer }>;
  readonly byPrototype: WeakMap<object, Reducer>;
  /** Whether there is any: nearly always false, and asked for every array. */
  used: boolean;
}

// One registry per thread, shared by all copies of this package: the copy the user imported need not be the one that sends.
const REGISTRY = Symbol.for('manycore.reducers@1');
const registry = ((globalThis as Record<symbol, unknown>)[REGISTRY] ??= {
  byName: new Map(),
  byPrototype: new WeakMap(),
  used: false,
}) as Registry;

/**
 * Keeps instances of `Class` whole when they are sent to another process or thread.
 *
 * Both sides must have called this for the class, normally at the top level of the module that defines it. With `options.module` the
 * receiving side imports that module by itself when it has to. Only direct instances are reduced: a subclass may hold more than
 * `reduce` knows of, so it needs a reducer of its own. Calling it again for the same class replaces the functions.
 *
 * @param Class - a class of yours with a name; not one of the platform's.
 * @param reduce - gives the data to send: anything that can be sent, but not the instance itself. Runs in the sender, during the send.
 * @param rebuild - makes the instance from that data. Runs in the receiver.
 * @param options.module - `import.meta.url` of the module that makes this call (a `file:` URL). Absent: nothing is imported.
 * @throws TypeError when an argument is not what it should be, or when another class of that name is registered without a module to
 *   tell them apart.
 * @see Python `copyreg.pickle`. Differs: the class is found by name and module, not by import path.
 */
export function registerReducer<T extends object, D>(
  Class: abstract new (...args: never[]) => T,
  reduce: (value: T) => D,
  rebuild: (data: D) => T,
  options: { readonly module?: string | URL } = {},
): void {
  if (typeof Class !== 'function' || typeof Class.prototype !== 'object') {
    throw new TypeError('registerReducer: the first argument must be a class');
  }
  if (typeof reduce !== 'function' || typeof rebuild !== 'function') {
    throw new TypeError('registerReducer: reduce and rebuild must be functions');
  }
  if (Class.name === '') throw new TypeError('registerReducer: the class needs a name, by which the receiving process finds it');
  if (/\{\s*\[native code\]\s*\}$/.test(Function.prototype.toString.call(Class))) {
    throw new TypeError(`registerReducer: ${Class.name} belongs to the platform; reducers are for classes of your own`);
  }
  const module = moduleUrl(options.module);
  const name = module === '' ? Class.name : `${Class.name} from ${module}`;
  const prototype = Class.prototype as object;
  const known = registry.byName.get(name);
  if (known !== undefined && known.prototype !== prototype && module === '') {
    throw new TypeError(`registerReducer: another class called ${name} has a reducer; pass { module: import.meta.url } to tell them apart`);
  }
  setReducer(prototype, { name, module, reduce: reduce, rebuild: rebuild });
}

/** For classes of ours, by a name that is the same in every installation, so that it holds between trees of processes too. */
export function defineReducer<T extends object>(Class: abstract new (...args: never[]) => T, reducer: Omit<Reducer, 'reduce'> & { reduce(value: T): unknown }): void {
  setReducer(Class.prototype as object, reducer);
}

function setReducer(prototype: object, reducer: Reducer): void {
  registry.byName.set(reducer.name, { prototype, reducer });
  registry.byPrototype.set(prototype, reducer);
  registry.used = true;
}

function moduleUrl(module: string | URL | undefined): string {
  if (module === undefined) return '';
  const text = String(module);
  if (text.startsWith('file://')) return text;
  throw new TypeError(`registerReducer: module must be a file: URL such as import.meta.url, not ${JSON.stringify(text)}`);
}

export function reducerNamed(name: string): Reducer | undefined {
  return registry.byName.get(name)?.reducer;
}

/** The reducer for direct instances of the class with this prototype. */
export function reducerOf(prototype: object): Reducer | undefined {
  return registry.used ? registry.byPrototype.get(prototype) : undefined;
}

export function hasReducers(): boolean {
  return registry.used;
}

/** An array of a subclass that has a reducer. */
export function isReduced(array: object): boolean {
  const prototype = Object.getPrototypeOf(array) as object | null;
  return prototype !== Array.prototype && prototype !== null && reducerOf(prototype) !== undefined;
}
