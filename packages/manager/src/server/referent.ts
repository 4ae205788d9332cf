/**
 * An object of the server, with how often it is referred to, and its gate: while a call that has the object to itself is underway, others wait behind it in their order.
 */
import { describe } from '@manycore/core/internal';
import { isThenable } from '@manycore/process/internal';
import { ManagerError } from '../errors.js';
import type { OwnTypeOptions } from '../registry.js';
import { asCaller } from './caller.js';
import type { Call } from './call.js';

type Method = (...args: unknown[]) => unknown;

/** What a call of an object becomes: the result, or a promise of it. */
type Run = () => unknown;

export class Referent {
  count = 0;
  readonly #methods: ReadonlyMap<string, Method>;
  /** Of calls that wait for the one that has the object to itself. */
  #waiting: (() => void)[] | undefined;

  constructor(
    readonly id: number,
    readonly typeid: string,
    readonly object: object,
    readonly type: OwnTypeOptions,
  ) {
    this.#methods = methodsOf(object, type);
  }

  /** @throws ManagerError */
  method(name: unknown): Method {
    const method = typeof name === 'string' ? this.#methods.get(name) : undefined;
    if (method !== undefined) return method;
    throw new ManagerError(`${this.typeid}: there is no method ${describe(name)} that is exposed. There are: ${[...this.#methods.keys()].join(', ')}.`);
  }

  /** Calls a method, or waits for its turn. @throws what the method throws; ManagerError when it is not exposed */
  call(call: Call, name: unknown, args: unknown[]): unknown {
    const method = this.method(name);
    const isExclusive = this.type.exclusive?.includes(name as string) === true;
    return this.#inTurn(call, isExclusive, () => Reflect.apply(method, this.object, args));
  }

  /** Gives the object to a function, which has it to itself until it is done. */
  transact(call: Call, fn: Function): unknown {
    return this.#inTurn(call, true, () => Reflect.apply(fn, undefined, [this.object]));
  }

  iterate(call: Call): unknown {
    return this.#inTurn(call, false, () => iteratorOf(this.object, this.typeid));
  }

  /** Nobody refers to it any more. */
  dispose(): void {
    const dispose = (this.object as Partial<Disposable>)[Symbol.dispose];
    if (typeof dispose === 'function') Reflect.apply(dispose, this.object, []);
  }

  #inTurn(call: Call, isExclusive: boolean, run: Run): unknown {
    if (this.#waiting === undefined) return this.#run(call, isExclusive, run);
    return new Promise((resolve) => {
      this.#waiting!.push(() => {
        resolve(new Promise((settle) => settle(call.isCancelled ? undefined : this.#run(call, isExclusive, run))));
      });
    });
  }

  #run(call: Call, isExclusive: boolean, run: Run): unknown {
    const result = asCaller(call, run);
    if (!isExclusive || !isThenable(result)) return result;
    this.#waiting = [];
    const open = (): void => this.#open();
    result.then(open, open);
    return result;
  }

  /** Runs those that wait, up to one that has the object to itself again. */
  #open(): void {
    const waiting = this.#waiting ?? [];
    this.#waiting = undefined;
    while (waiting.length > 0 && this.#waiting === undefined) waiting.shift()!();
    if (waiting.length > 0) (this.#waiting as (() => void)[] | undefined)!.unshift(...waiting);
  }
}

function iteratorOf(object: object, typeid: string): unknown {
  const { [Symbol.iterator]: sync, [Symbol.asyncIterator]: async } = object as Partial<Iterable<unknown> & AsyncIterable<unknown>>;
  const method = sync ?? async;
  if (typeof method !== 'function') throw new ManagerError(`${typeid}: the object cannot be iterated over: it has no [Symbol.iterator] or [Symbol.asyncIterator].`);
  return Reflect.apply(method, object, []);
}

/** What the methods of a class are is asked once. */
const known = new WeakMap<OwnTypeOptions, WeakMap<object, ReadonlyMap<string, Method>>>();

function methodsOf(object: object, type: OwnTypeOptions): ReadonlyMap<string, Method> {
  const prototype = Object.getPrototypeOf(object) as object | null;
  // An object's own functions are its own alone.
  if (prototype === null || prototype === Object.prototype || Object.values(object).some((value) => typeof value === 'function')) return findMethods(object, type);
  let ofType = known.get(type);
  if (ofType === undefined) known.set(type, (ofType = new WeakMap()));
  let methods = ofType.get(prototype);
  if (methods === undefined) ofType.set(prototype, (methods = findMethods(object, type)));
  return methods;
}

function findMethods(object: object, { exposed }: OwnTypeOptions): ReadonlyMap<string, Method> {
  const methods = new Map<string, Method>();
  for (let level: object | null = object; level !== null && level !== Object.prototype && level !== Function.prototype; level = Object.getPrototypeOf(level) as object | null) {
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(level))) {
      if (typeof value !== 'function' || name === 'constructor' || methods.has(name)) continue;
      if (exposed === undefined ? !name.startsWith('_') : exposed.includes(name)) methods.set(name, value as Method);
    }
  }
  return methods;
}
