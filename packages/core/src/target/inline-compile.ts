/**
 * Makes a function of an inline name: the text is compiled inside two wrappers, the outer one with what transpilers expect, the inner one
 * with the captured values as its parameters, so that the text sees these and the globals and nothing else.
 */
import { Script, constants } from 'node:vm';
import { TargetError } from '../errors.js';
import { displayUrl } from './place.js';
import type { InlineName } from './target-name.js';

/** esbuild wraps inner functions in a call of this helper, which it defines at the top of the module: out of an inline text's reach. */
function nameHelper(fn: object, name: string): object {
  return Object.defineProperty(fn, 'name', { configurable: true, value: name });
}

type Outer = (helper: typeof nameHelper) => (captures: Record<string, unknown>) => Function;

/** `file:///a/b.mjs:12` → the file that relative imports start from, and the words for stack frames. */
function splitPlace(at: string): { file: string; label: string } {
  const colon = at.lastIndexOf(':');
  const file = at.slice(0, colon);
  // The engine ignores a sourceURL with blanks or quotes in it.
  const label = `inline(${displayUrl(file)}:${at.slice(colon + 1)})`.replace(/[\s'"]/g, (c) => `%${c.charCodeAt(0).toString(16)}`);
  return { file, label };
}

const loader = { importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER };
let loaderAnnounced = false;

/**
 * Lets a text import as the module at `file` would. Node warns once, at the first such import(), that this use of its loader is
 * experimental; that is our business and no user's, so the first import() is one of ours, with just that warning left out.
 */
function defaultLoader(file: string): { filename: string } & typeof loader {
  if (!loaderAnnounced) {
    loaderAnnounced = true;
    const { emitWarning } = process;
    const quieter = (...args: unknown[]): void => {
      if (!String(args[0]).includes('USE_MAIN_CONTEXT_DEFAULT_LOADER')) Reflect.apply(emitWarning, process, args);
    };
    process.emitWarning = quieter;
    try {
      new Script(`import('node:path')`, loader).runInThisContext();
    } finally {
      process.emitWarning = emitWarning;
    }
  }
  return { filename: file, ...loader };
}

/**
 * The compiled text, not yet run. It begins on the first line, so that lines in stack frames are its own (an offset would be ignored beside
 * a sourceURL).
 *
 * @throws SyntaxError
 */
export function compileWrapper(source: string, names: string[], at: string): Script {
  const { file, label } = splitPlace(at);
  const inner = `function ({ ${names.join(', ')} }) { return (${source}\n); }`;
  const text = `'use strict';(function (__name) { return ${inner}; })\n//# sourceURL=${label}`;
  const imports = /\bimport\s*\(/.test(source);
  return new Script(text, imports ? defaultLoader(file) : { filename: file });
}

/** @throws TargetError when the text does not compile here; ReferenceError comes from the call, when it uses what was not captured. */
export function compileInline(name: InlineName): Function {
  const captures: Record<string, unknown> = { ...name.captures };
  for (const [key, inner] of Object.entries(name.functions)) captures[key] = compileInline(inner);
  try {
    const outer = compileWrapper(name.source, Object.keys(captures), name.at).runInThisContext() as Outer;
    return outer(nameHelper)(captures);
  } catch (cause) {
    const message = `inline(): the function from ${displayUrl(name.at)} cannot be made in process ${process.pid}: ${String(cause)}`;
    throw new TargetError(message, { cause });
  }
}
