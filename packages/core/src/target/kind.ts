/** Which functions can be named at all, told from the function alone. */
import { types } from 'node:util';
import { TargetError } from '../errors.js';
import { nameOf, sourceOf } from './fingerprint.js';

export type FunctionKind = 'function' | 'class' | 'generator' | 'native' | 'bound' | 'proxy';

const NATIVE_CODE = /\{\s*\[native code\]\s*\}$/;

export function kindOf(fn: Function): FunctionKind {
  if (types.isProxy(fn)) return 'proxy';
  if (NATIVE_CODE.test(sourceOf(fn))) return nameOf(fn).startsWith('bound ') ? 'bound' : 'native';
  if (types.isGeneratorFunction(fn)) return 'generator';
  // Of everything written in JavaScript only a class has a `prototype` that cannot be replaced.
  if (Object.getOwnPropertyDescriptor(fn, 'prototype')?.writable === false) return 'class';
  return 'function';
}

/** How a function is called in messages: `resize()`, or `an anonymous function`. */
export function displayName(fn: Function): string {
  const name = nameOf(fn);
  return name === '' ? 'an anonymous function' : `${name}()`;
}

/** A value for a `TypeError`: what was given, shortly. */
export function describeValue(value: unknown): string {
  if (value === null) return 'null';
  if (typeof value === 'string') return `the string ${JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value)}`;
  if (typeof value === 'object') {
    if (types.isProxy(value)) return 'a Proxy';
    if (typeof (value as PromiseLike<unknown>).then === 'function') return 'a promise (call the function in the child, not here)';
    return Array.isArray(value) ? 'an array' : `an object (${Object.prototype.toString.call(value).slice(8, -1)})`;
  }
  return value === undefined ? 'undefined' : `${typeof value} ${String(value)}`;
}

/** @throws TypeError when `fn` is no function. */
export function assertFunction(fn: unknown, call: string): asserts fn is Function {
  if (typeof fn !== 'function') throw new TypeError(`${call}: expected a function, got ${describeValue(fn)}`);
}

/** @throws TargetError when `fn` can be called from no other process, whatever module it is in. */
export function assertCallable(fn: Function, call: string): void {
  const kind = kindOf(fn);
  if (kind === 'function') return;
  const who = displayName(fn);
  const wrap = `Export a function that calls it, e.g. \`export const run = (...args) => …\`, and pass that`;
  const reasons: Record<Exclude<FunctionKind, 'function'>, string> = {
    class:
      `${nameOf(fn) || 'an anonymous class'} is a class, and a class cannot be called without \`new\`. ` +
      `Pass a static method, or an exported function that makes the instance`,
    generator:
      `${who} is a generator function: calling it gives an iterator, which cannot leave its process. ` +
      `Return an array, or put the values on a queue`,
    native: `${who} is native code and belongs to no module that another process could import. ${wrap}`,
    bound: `${who} is a bound function, and what it is bound to exists in this process only. ${wrap}`,
    proxy: `${who} is a Proxy, and its handler exists in this process only. ${wrap}`,
  };
  throw new TargetError(`${call}: ${reasons[kind]}.`);
}

/** @throws TargetError when `ctor` is not a class written in JavaScript. */
export function assertClass(ctor: Function, call: string): void {
  const kind = kindOf(ctor);
  if (kind !== 'class') throw new TargetError(`${call}: ${displayName(ctor)} is not a class (it is a ${kind} function).`);
}
