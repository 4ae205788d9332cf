/** Recognises a function again in another process, where it is a different object. */
import type { Fingerprint } from './target-name.js';

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/** FNV-1a over UTF-16 code units. It tells edits apart, not attackers: whoever can send a name can run code anyway. */
function hashText(text: string): number {
  let hash = FNV_OFFSET;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), FNV_PRIME);
  return hash >>> 0;
}

/** The source text of a function, also when it has a `toString` of its own. */
export function sourceOf(fn: Function): string {
  return Function.prototype.toString.call(fn);
}

/** The name a function was defined with, or `''`; a class may have replaced it by a static member that is no string. */
export function nameOf(fn: Function): string {
  const name: unknown = Object.getOwnPropertyDescriptor(fn, 'name')?.value;
  return typeof name === 'string' ? name : '';
}

export function fingerprintOf(fn: Function): Fingerprint {
  return { name: nameOf(fn), length: fn.length, hash: hashText(sourceOf(fn)) };
}

/** Whether `fn` has the same text, or at least the same name and number of parameters (a copy that went through another transform). */
export function resembles(fn: Function, print: Fingerprint): boolean {
  const own = fingerprintOf(fn);
  return own.hash === print.hash || (own.name === print.name && own.length === print.length);
}

/** Whether `fn` agrees in name, number of parameters and text. */
export function equals(fn: Function, print: Fingerprint): boolean {
  const own = fingerprintOf(fn);
  return own.hash === print.hash && own.name === print.name && own.length === print.length;
}
