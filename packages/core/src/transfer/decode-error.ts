/** Errors from bytes, see `encode-error.ts` for the layout. */
import { errorClassNamed, ManycoreError } from '../errors.js';
import type { Decoder } from './decoder.js';
import { brandOf, DOM_EXCEPTION, standardClass } from './error-class.js';
import { rememberOrigin, type RemoteOrigin } from './origin.js';

export function readError(decoder: Decoder, mark: number): Error {
  const standard = decoder.byte();
  const ours = Array.from({ length: decoder.count() }, () => decoder.string());
  const message = optionalString(decoder);
  const name = optionalString(decoder);
  const stack = optionalString(decoder);
  const error = make(standard, ours, message, name);
  if (mark >= 0) decoder.remember(mark, error);
  const pid = decoder.value();
  if (typeof pid !== 'number') throw decoder.damaged('a process id expected');
  const processName = decoder.string();
  const remote: RemoteOrigin = { pid, processName, stack: optionalString(decoder) ?? stack ?? '' };
  rememberOrigin(error, remote);
  define(error, 'remote', remote, false);
  define(error, 'stack', fullStack(decoder, stack, remote), false);
  readProperties(decoder, error);
  return error;
}

/** The class is given without running its constructor, whose arguments nobody knows. */
function make(standard: number, ours: readonly string[], message: string | undefined, name: string | undefined): Error {
  if (standard === DOM_EXCEPTION) return withoutStack(() => new DOMException(message ?? '', name ?? 'Error'));
  const absent = ours.filter((known) => errorClassNamed(known) === undefined);
  const nearest = ours.find((known) => !absent.includes(known));
  const errorClass = ours.length === 0 ? standardClass(standard) : nearest === undefined ? ManycoreError : errorClassNamed(nearest)!;
  const error = withoutStack<Error>(() => Reflect.construct(Error, message === undefined ? [] : [message], errorClass));
  // Of classes that are not loaded here, the error bears the nearest name, and answers to the isInstance of all.
  for (const known of absent) define(error, brandOf(known), true, false);
  const own = name ?? (absent.length > 0 ? ours[0] : undefined);
  if (own !== undefined) define(error, 'name', own, false);
  return error;
}

/** Taking a stack is most of the cost of making an error, and it is replaced anyway. */
function withoutStack<T>(make: () => T): T {
  const { stackTraceLimit } = Error;
  // Not by assignment, which throws where the platform's objects are frozen.
  Reflect.set(Error, 'stackTraceLimit', 0);
  try {
    return make();
  } finally {
    Reflect.set(Error, 'stackTraceLimit', stackTraceLimit);
  }
}

/** The nested errors of an error show their own stack only: the place of reception is that of the outermost. */
function fullStack(decoder: Decoder, stack: string | undefined, remote: RemoteOrigin): string | undefined {
  if (stack === undefined || decoder.errorDepth > 0) return stack;
  const local = decoder.callSite();
  return local === '' ? stack : `${stack}\n    ---- ${remote.processName} (pid ${remote.pid}), received at:\n${local}`;
}

function readProperties(decoder: Decoder, error: Error): void {
  const count = decoder.count(3);
  decoder.errorDepth++;
  for (let i = 0; i < count; i++) {
    const enumerable = decoder.byte() === 1;
    const key = decoder.string();
    const value = decoder.value();
    const inherited = !enumerable && key === 'code' && (error as { code?: unknown }).code === value;
    if (!inherited) define(error, key, value, enumerable);
  }
  decoder.errorDepth--;
}

function optionalString(decoder: Decoder): string | undefined {
  const value = decoder.value();
  if (value !== undefined && typeof value !== 'string') throw decoder.damaged('a text expected');
  return value;
}

function define(target: object, key: string | symbol, value: unknown, enumerable: boolean): void {
  Object.defineProperty(target, key, { value, enumerable, writable: true, configurable: true });
}
