/**
 * Context that goes along with tasks (`{ context: true }`): the values of those AsyncLocalStorages that were registered by name, in a module that the pool's process and its workers both import. They are read when
 * the call is made, sent as the last element of the input, and entered again around the function.
 */
import type { AsyncLocalStorage } from 'node:async_hooks';
import { describe } from '@manycore/core/internal';
import { CONTEXT } from './protocol.js';

/** Values by the name of their storage. */
export type CarriedContext = Readonly<Record<string, unknown>>;

// Kept where every copy of this package finds it: the worker's and the user's may be two.
const KEY = Symbol.for('manycore.pool.carried-contexts@1');
const shelf = globalThis as { [KEY]?: Map<string, AsyncLocalStorage<unknown>> };
const storages = (): Map<string, AsyncLocalStorage<unknown>> => (shelf[KEY] ??= new Map());

/**
 * Registers an AsyncLocalStorage whose value calls of pools with `{ context: true }` carry to their tasks. Call it where the storage is made, at the top level of a module that the function's module imports: Node has
 * no list of storages, and a worker knows those only that its modules have registered.
 *
 * The value is the one of the moment of the call (`apply`, `map`, `imap`), copied as an argument is; what the task does to it stays there. A storage without a value, or with `undefined`, is not sent; a name that the
 * worker does not know is left out there. What the function does after the task has ended, and the initializer, see no context. A second storage of the same name takes the place of the first.
 *
 * @param name - the same on both sides; unique in the program.
 * @returns the storage.
 * @throws TypeError
 * @example
 * // request.ts
 * export const request = carryContext('request', new AsyncLocalStorage<{ id: string }>());
 * export const handle = (x: number) => `${request.getStore()?.id}: ${x}`;
 * // main.ts
 * await request.run({ id: 'r1' }, () => pool.apply(handle, [1], { context: true })); // 'r1: 1'
 */
export function carryContext<T>(name: string, storage: AsyncLocalStorage<T>): AsyncLocalStorage<T> {
  if (typeof name !== 'string' || name === '') throw new TypeError(`carryContext(name, storage): name must be a string that is not empty, got ${describe(name)}.`);
  if (!(typeof storage === 'object' && storage !== null && typeof storage.getStore === 'function')) {
    throw new TypeError(`carryContext('${name}', storage): expected an AsyncLocalStorage, got ${describe(storage)}.`);
  }
  storages().set(name, storage);
  return storage;
}

/** What a call has to carry; undefined when that is nothing. @param isWanted - the option `context`, checked here. @throws TypeError */
export function contextToCarry(isWanted: unknown, call: string): CarriedContext | undefined {
  if (isWanted === undefined || isWanted === false) return undefined;
  if (isWanted !== true) throw new TypeError(`${call}: context must be true or false, got ${describe(isWanted)}.`);
  const values = [...storages()].map(([name, storage]) => [name, storage.getStore()] as const).filter(([, value]) => value !== undefined);
  return values.length === 0 ? undefined : Object.fromEntries(values);
}

/** The flag of a task's operation. */
export const contextFlag = (context: CarriedContext | undefined): number => (context === undefined ? 0 : CONTEXT);

/** The input of a task, with its context. */
export const withContext = (input: readonly unknown[], context: CarriedContext | undefined): readonly unknown[] => (context === undefined ? input : [...input, context]);

/** In the worker: calls `run` with the input, inside of the context that came with it. */
export function inContext<R>(input: readonly unknown[], run: (input: readonly unknown[]) => R): R {
  const context = input.at(-1) as CarriedContext;
  const enter = Object.entries(context).reduce(
    (inner, [name, value]) => {
      const storage = storages().get(name);
      return storage === undefined ? inner : () => storage.run(value, inner);
    },
    () => run(input.slice(0, -1)),
  );
  return enter();
}
