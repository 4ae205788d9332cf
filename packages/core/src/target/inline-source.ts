/** The source text of a self-contained function, as an expression that evaluates to it anywhere. */
import { Script } from 'node:vm';
import { TargetError } from '../errors.js';
import { nameOf, sourceOf } from './fingerprint.js';
import { displayName, kindOf } from './kind.js';

/** `resize(image) {…}`, `async 'resize all'(images) {…}`: a method written short, which is no expression by itself. */
const METHOD_HEAD = /^(async\s+)?(?:[\p{ID_Start}$_][\p{ID_Continue}$]*|'[^'\n]*'|"[^"\n]*"|\d+)\s*(?=\()/u;

function syntaxErrorOf(expression: string): unknown {
  try {
    new Script(`'use strict';(\n${expression}\n)`);
    return undefined;
  } catch (error) {
    return error;
  }
}

/** A method as a plain function of the same name. `super` is then a syntax error, as it must be: there is no object it could refer to. */
function methodAsFunction(source: string, name: string): string | undefined {
  const head = METHOD_HEAD.exec(source);
  if (head === null) return undefined;
  const key = JSON.stringify(name);
  return `({ ${key}: ${head[1] === undefined ? '' : 'async '}function ${source.slice(head[0].length)} })[${key}]`;
}

/** @throws TargetError when the text of `fn` is not the whole of it: native, bound, Proxy, class, `super`, private names, accessors. */
export function inlineSource(fn: Function, call: string): string {
  const kind = kindOf(fn);
  if (kind !== 'function') {
    const what = kind === 'class' ? 'a class' : `a ${kind} function`;
    const why = kind === 'generator' ? 'its iterator could not leave the process it runs in' : `the text of ${what} is not the whole of it`;
    throw new TargetError(`${call}: ${displayName(fn)} is ${what}: ${why}. Write a plain or arrow function that does the same.`);
  }
  const source = sourceOf(fn);
  const cause = syntaxErrorOf(source);
  if (cause === undefined) return source;
  const rewritten = methodAsFunction(source, nameOf(fn));
  if (rewritten !== undefined && syntaxErrorOf(rewritten) === undefined) return rewritten;
  throw new TargetError(
    `${call}: the text of ${displayName(fn)} cannot stand alone (${String(cause)}). It must be strict-mode code without super, private ` +
      `names or a computed name, and no getter or setter; write it as an arrow function.`,
    { cause },
  );
}
