/**
 * What the codec needs to know of an object that lives in shared memory: an object of ours is sent as a reference to its memory block and
 * rebuilt on the other side as the same shared object.
 *
 * A class takes part by having a method under the symbol `SHARE`, which tells its record, and by one `registerShareable` call in the module that
 * defines it. The record names that module, so that a process which never imported the class can load it before it rebuilds one.
 */
import { SerializationError } from '../errors.js';
import { ownUrl } from '../installation.js';

/** A block of session memory: its number in the object table and the generation that tells it from a former tenant of that number. */
export interface BlockRef {
  readonly id: number;
  readonly generation: number;
}

/** Method name under which an object tells its `ShareRecord`. Registered, so that it is the same in every copy of this package. */
export const SHARE: unique symbol = Symbol.for('manycore.share') as never;

export interface ShareRecord {
  /** Registered type name, e.g. `'manycore.Lock'`. */
  readonly type: string;
  /** The memory the object lives in. The message keeps it alive until it is received. */
  readonly block: BlockRef;
  /** Plain data that belongs to this view of the object (an offset and a length, say); small and cloneable. */
  readonly state?: unknown;
}

export interface Shareable {
  [SHARE](): ShareRecord;
}

export interface ShareableType {
  /** URL of a module whose import registers this type. */
  readonly module: string;
  /** Makes the local object. This thread holds `block` already when it is called; throws when `block` or `state` is not what it should be. */
  rebuild(block: BlockRef, state: unknown): unknown;
}

// One table per thread, shared by all copies of this package that the thread loads: an object is rebuilt once, by whoever registered first.
const TABLE = Symbol.for('manycore.shareable-types@1');
const types = ((globalThis as Record<symbol, unknown>)[TABLE] ??= new Map<string, ShareableType>()) as Map<string, ShareableType>;

/**
 * Makes a type known to the codec of this thread. The first registration of a name stays.
 * @param definition.module - the caller's `import.meta.url`, which is undefined in a CommonJS bundle: then it is that bundle, which this code is in, too.
 */
export function registerShareable(type: string, { module = ownUrl, rebuild }: Omit<ShareableType, 'module'> & { readonly module?: string | undefined }): void {
  if (!types.has(type)) types.set(type, { module, rebuild });
}

export function shareableType(type: string): ShareableType | undefined {
  return types.get(type);
}

export function isShareable(value: object): value is Shareable {
  return typeof (value as Partial<Shareable>)[SHARE] === 'function';
}

/**
 * Says that objects of a class, and of those below it, are never sent: without this they would arrive as plain objects without a use. Not a method in the class, as the declarations of a subclass would have to name the
 * symbol then, which is not public.
 */
export function neverSent({ prototype }: { readonly prototype: object }, advice: string): void {
  const refuse = function (this: object): never {
    throw new SerializationError(`${this.constructor.name}: it stays in the process that made it. ${advice}`);
  };
  Object.defineProperty(prototype, SHARE, { value: refuse });
}
