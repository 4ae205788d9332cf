/**
 * Which types of shared objects threads hold and wait for, and how to see in an object's block who does: each module that has such a type says so with one call.
 */
import { typeNumber } from '../memory/objects.js';
import type { Words } from '../memory/words.js';

export interface LockType {
  /**
   * Owner words of the threads that hold the object, where that can be known; those of the dead may be among them. Called without any lock, on words that change meanwhile: it must
   * end, must not throw and must not write.
   */
  holders(words: Words): readonly number[];
  /** Where the object's wait queues are in its block. */
  readonly queues: readonly number[];
  /**
   * Whether it is held so that a waiter, whatever it wants, cannot go on before its one holder gives it up: such a wait can be part of a deadlock. Absent: it never is.
   */
  isExclusive?(words: Words): boolean;
}

export interface NamedLockType extends LockType {
  readonly name: string;
}

// One table per thread, shared by all copies of this package that the thread loads. By the number of the type.
const TABLE = Symbol.for('manycore.lock-types@1');
const types = ((globalThis as Record<symbol, unknown>)[TABLE] ??= new Map<number, NamedLockType>()) as Map<number, NamedLockType>;

/**
 * Has `lockGraph()` show the objects of a type. The first registration of a name stays.
 * @param type - the name it is allocated by, `manycore.Lock`; its second part is shown.
 */
export function registerLockType(type: string, definition: LockType): void {
  const number = typeNumber(type);
  if (!types.has(number)) types.set(number, { ...definition, name: type.split('.')[1] ?? type });
}

export function lockTypeOf(number: number): NamedLockType | undefined {
  return types.get(number);
}
