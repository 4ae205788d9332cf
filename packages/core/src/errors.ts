/**
 * The base of every error manycore throws, and the errors that more than one package throws.
 *
 * A class is recognised by a registered symbol on its prototype, not by identity, so that `isInstance` also holds across two copies
 * of a package in one program; `instanceof` stays exact for a single copy. Class names are on the prototype, facts are own fields.
 */

export interface ManycoreErrorOptions {
  cause?: unknown;
}

/** What a class of ours looks like to code that only has its name (see `transfer/error.ts`). */
export type ManycoreErrorClass = typeof ManycoreError;

const classesByName = new Map<string, ManycoreErrorClass>();

const brandOf = (name: string): symbol => Symbol.for(`manycore.error.${name}`);

/**
 * Base of all errors of manycore. `code` is stable (`ERR_MANYCORE_…`); the message says which call, which process, what happened and
 * what to do; `cause` is the lower-level error where there is one.
 */
export class ManycoreError extends Error {
  declare readonly code: string;

  constructor(message: string, options: ManycoreErrorOptions = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
  }

  /** Whether `value` is an error of this class or of one below it, made by any copy of the package. Never throws. */
  static isInstance<C extends abstract new (...args: never[]) => Error>(this: C, value: unknown): value is InstanceType<C> {
    if (typeof value !== 'object' || value === null) return false;
    return brandOf((this.prototype as Error).name) in value;
  }
}

/**
 * Gives an error class its name, its code and its brand, and makes it known to the error codec, so that an instance that crosses a process
 * border is rebuilt as this class when the class is loaded there.
 */
export function defineError(errorClass: ManycoreErrorClass | (abstract new (...args: never[]) => ManycoreError), name: string, code: string): void {
  const prototype = errorClass.prototype as object;
  const fixed = { configurable: true, enumerable: false, writable: true };
  Object.defineProperty(prototype, 'name', { ...fixed, value: name });
  Object.defineProperty(prototype, 'code', { ...fixed, value: code });
  Object.defineProperty(prototype, brandOf(name), { ...fixed, value: true });
  classesByName.set(name, errorClass as ManycoreErrorClass);
}

/** The class of ours that is called `name`, if it is loaded in this thread. */
export function errorClassNamed(name: string): ManycoreErrorClass | undefined {
  return classesByName.get(name);
}

defineError(ManycoreError, 'ManycoreError', 'ERR_MANYCORE');

/** The session's memory budget is used up; nothing of the refused call was done. */
export class OutOfMemoryError extends ManycoreError {}
defineError(OutOfMemoryError, 'OutOfMemoryError', 'ERR_MANYCORE_OUT_OF_MEMORY');

/** There is nothing of that name or key. Python: FileNotFoundError, KeyError. */
export class NotFoundError extends ManycoreError {}
defineError(NotFoundError, 'NotFoundError', 'ERR_MANYCORE_NOT_FOUND');

/** There is something of that name already. Python: FileExistsError. */
export class AlreadyExistsError extends ManycoreError {}
defineError(AlreadyExistsError, 'AlreadyExistsError', 'ERR_MANYCORE_ALREADY_EXISTS');

/** The time given to a call passed first. Python: `multiprocessing.TimeoutError`. */
export class TimeoutError extends ManycoreError {}
defineError(TimeoutError, 'TimeoutError', 'ERR_MANYCORE_TIMEOUT');

/** The object was closed, shut down or terminated before the call. */
export class ClosedError extends ManycoreError {}
defineError(ClosedError, 'ClosedError', 'ERR_MANYCORE_CLOSED');

/** The operation does not fit the state the object is in. */
export class InvalidStateError extends ManycoreError {}
defineError(InvalidStateError, 'InvalidStateError', 'ERR_MANYCORE_INVALID_STATE');

/** What was asked for was cancelled before it was done. Python: `concurrent.futures.CancelledError`. */
export class CancelledError extends ManycoreError {}
defineError(CancelledError, 'CancelledError', 'ERR_MANYCORE_CANCELLED');

/** A function that no other process can find; the message names its file and line and the ways to name it. */
export class TargetError extends ManycoreError {}
defineError(TargetError, 'TargetError', 'ERR_MANYCORE_TARGET');

/** A value that structured clone refuses; the message names the path to it (`args[0].onClick is a function`). */
export class SerializationError extends ManycoreError {}
defineError(SerializationError, 'SerializationError', 'ERR_MANYCORE_SERIALIZATION');

/** Stands in for a remote error of which nothing could be transferred. */
export class RemoteError extends ManycoreError {}
defineError(RemoteError, 'RemoteError', 'ERR_MANYCORE_REMOTE');

/** This platform, process or installation cannot run manycore's native part; the message lists what was tried and the way out. */
export class NativeError extends ManycoreError {}
defineError(NativeError, 'NativeError', 'ERR_MANYCORE_NATIVE');
