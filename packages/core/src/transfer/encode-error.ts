/**
 * Errors to bytes, whole: class, name, message, stack, cause, `errors`, code and own enumerable properties.
 *
 * Layout: tag, u8 standard class, varint and names of classes of ours, then as values message, name, stack (a string or undefined), pid,
 * process name, remote stack (undefined when it is the stack), then varint properties, each: u8 enumerable, key string, value.
 *
 * A part that cannot be sent is replaced by a text that says why: an error report must not fail because of what is attached to it.
 */
import type { Encoder } from './encoder.js';
import { DOM_EXCEPTION, manycoreClassesOf, standardClass, standardClassOf } from './error-class.js';
import { ownOrigin, remoteOriginOf } from './origin.js';
import { Tag } from './tag.js';

/** Own properties that matter although they are not enumerable. */
const HIDDEN = ['cause', 'errors', 'error', 'suppressed', 'code'];
/** Sent in places of their own, or made anew by the receiver. */
const HANDLED = new Set(['name', 'message', 'stack', 'remote']);

export function writeError(out: Encoder, error: Error): void {
  const standard = standardClassOf(error);
  const ours = manycoreClassesOf(error);
  const stack = text(error, 'stack');
  const remote = remoteOriginOf(error);
  const origin = remote ?? ownOrigin();
  out.byte(Tag.Error);
  out.byte(standard);
  out.varint(ours.length);
  for (const name of ours) out.string(name);
  out.value(messageOf(error));
  out.value(nameOf(error, standard, ours));
  out.value(stack);
  out.number(origin.pid);
  out.string(origin.processName);
  out.value(remote === undefined || remote.stack === stack ? undefined : remote.stack);
  writeProperties(out, error, standard);
}

/** The message; undefined where the error has none, and what it shows is that of its class, as `new Error()` does. */
function messageOf(error: Error): string | undefined {
  const message = text(error, 'message');
  return message === '' && !Object.hasOwn(error, 'message') ? undefined : message;
}

/** A string property, read with care: accessors of foreign errors may throw. */
function text(error: Error, property: 'message' | 'name' | 'stack'): string | undefined {
  try {
    const value: unknown = error[property];
    return typeof value === 'string' ? value : undefined;
  } catch {
    // An error that does not tell this is sent without it.
    return undefined;
  }
}

/** The name, unless the class has it anyway or it is an own enumerable property, which is sent as such. */
function nameOf(error: Error, standard: number, ours: readonly string[]): string | undefined {
  if (standard === DOM_EXCEPTION) return text(error, 'name');
  if (Object.getOwnPropertyDescriptor(error, 'name')?.enumerable === true) return undefined;
  const name = text(error, 'name');
  return name === (ours[0] ?? (standardClass(standard).prototype as Error).name) ? undefined : name;
}

function writeProperties(out: Encoder, error: Error, standard: number): void {
  const keys = Object.keys(error).filter((key) => !HANDLED.has(key) || (key === 'name' && standard !== DOM_EXCEPTION));
  const hidden = HIDDEN.filter((key) => hasHidden(error, key, standard));
  out.varint(keys.length + hidden.length);
  for (const key of keys) writeProperty(out, error, key, 1);
  for (const key of hidden) writeProperty(out, error, key, 0);
}

function hasHidden(error: Error, key: string, standard: number): boolean {
  const descriptor = Object.getOwnPropertyDescriptor(error, key);
  if (descriptor !== undefined) return descriptor.enumerable !== true;
  // A code is often a property of the class, which the receiver may not have. DOMException computes its own.
  return key === 'code' && key in error && standard !== DOM_EXCEPTION;
}

function writeProperty(out: Encoder, error: Error, key: string, enumerable: 0 | 1): void {
  out.byte(enumerable);
  out.string(key);
  const before = out.save();
  try {
    out.path[out.depth++] = key;
    out.value((error as unknown as Record<string, unknown>)[key]);
    out.depth--;
  } catch (failure) {
    out.rollback(before);
    out.string(`[not sent: ${describe(failure)}]`);
  }
}

function describe(failure: unknown): string {
  return failure instanceof Error ? failure.message : 'reading it failed';
}
