/** The words of a `TargetError`: what the function is, where it stands, and every way to name it. */
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { TargetError } from '../errors.js';
import { nameOf } from './fingerprint.js';
import { displayName } from './kind.js';

const IDENTIFIER = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u;

export interface Refusal {
  call: string;
  fn: Function;
  /** `file:line:column`, where it is known. */
  place?: string | undefined;
  /** Completes "resize() …". */
  reason: string;
  url?: string | undefined;
  cause?: unknown;
}

/** The ways out, with the function's own name in them, so that one can be copied. */
function waysOut(fn: Function, url: string | undefined): string {
  const known = IDENTIFIER.test(nameOf(fn));
  const name = known ? nameOf(fn) : 'work';
  const file = url?.startsWith('file:') ? basename(fileURLToPath(url)) : 'module.js';
  return [
    'Ways to make it known:',
    `  - export it from a module (of a bundle: from its entry): export function ${name}(…) { … }`,
    `  - register it where it is defined: export const ${name} = task(import.meta, '${name}', (…) => …)`,
    `  - point to it: functionRef<typeof import('./${file}')>(new URL('./${file}', import.meta.url), '${name}')`,
    `  - send its text, if it needs nothing but its parameters and the values listed: inline(${known ? name : '(…) => …'}, { … })`,
  ].join('\n');
}

export function refuse({ call, fn, place, reason, url, cause }: Refusal): TargetError {
  const where = place === undefined ? '' : ` (${place})`;
  const message = `${call}: ${displayName(fn)}${where} ${reason}\n${waysOut(fn, url)}`;
  return new TargetError(message, cause === undefined ? {} : { cause });
}
