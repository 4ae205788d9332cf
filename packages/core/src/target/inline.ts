/** Ships a self-contained function as its source text. */
import { TargetError } from '../errors.js';
import { callSiteOf, type CallSite } from './call-site.js';
import { compileWrapper } from './inline-compile.js';
import { inlineSource } from './inline-source.js';
import { assertFunction, describeValue, displayName } from './kind.js';
import { importableUrl, originalPosition } from './place.js';
import { register, registered } from './registry.js';
import type { InlineName } from './target-name.js';

const IDENTIFIER = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u;

function placeOf({ file, line, column }: CallSite): string {
  return `${importableUrl(file) ?? file}:${originalPosition(file, line, column).line + 1}`;
}

/** Splits what was captured into values, which are cloned on the way, and functions, which are inline themselves. */
function sortCaptures(captures: Record<string, unknown>, call: string): Pick<InlineName, 'captures' | 'functions'> {
  const sorted: Pick<InlineName, 'captures' | 'functions'> = { captures: {}, functions: {} };
  for (const [key, value] of Object.entries(captures)) {
    if (!IDENTIFIER.test(key) || key === '__proto__') {
      throw new TargetError(`${call}: the captured name ${JSON.stringify(key)} is not a variable name, so the function could not use it.`);
    }
    if (typeof value !== 'function') {
      sorted.captures[key] = value;
      continue;
    }
    const name = registered(value);
    if (name?.kind !== 'inline') {
      throw new TargetError(
        `${call}: the captured ${key} is ${displayName(value)}, and a function is not a value that can be cloned. Capture inline(${key}) ` +
          `if it is self-contained, or import its module inside: const { ${key} } = await import('./module.js').`,
      );
    }
    sorted.functions[key] = name;
  }
  return sorted;
}

/**
 * Makes a self-contained function known to other processes by its source text, for one-liners and the REPL.
 *
 * In the other process it sees its parameters, the globals and the captured values (cloned there, so a change stays there); any other
 * variable of its surroundings is a `ReferenceError` when it is used. The text runs in strict mode; `this` is undefined in a plain
 * function and in an arrow function. A relative `import()` in it starts from the file of the `inline()` call. Stack frames are called
 * `inline(<file>:<line>)`. A test runner that rewrites imports or counts coverage inside the text breaks it, as any text on its own.
 *
 * @param captures - values by the names that `fn` uses; functions among them must be `inline()` themselves.
 * @returns a function that calls `fn` in place, with its own surroundings.
 * @throws TypeError when `fn` is no function; TargetError when its text cannot stand alone or a capture cannot be sent.
 */
export function inline<F extends (...args: never[]) => unknown>(fn: F, captures: Record<string, unknown> = {}): F {
  assertFunction(fn, 'inline(fn)');
  const call = `inline(${displayName(fn)})`;
  if (typeof captures !== 'object' || captures === null) {
    throw new TypeError(`${call}: expected an object of captured values, got ${describeValue(captures)}`);
  }
  const site = callSiteOf(inline);
  const at = site === undefined ? 'unknown:0' : placeOf(site);
  const name: InlineName = { kind: 'inline', source: inlineSource(fn, call), ...sortCaptures(captures, call), at };
  try {
    compileWrapper(name.source, Object.keys(captures), at);
  } catch (cause) {
    const captured = Object.keys(captures).join(', ') || 'none';
    throw new TargetError(`${call}: does not compile with its captured names (${captured}): ${String(cause)}`, { cause });
  }
  const callable = function (this: unknown, ...args: never[]): unknown {
    return Reflect.apply(fn, this, args);
  };
  Object.defineProperties(callable, {
    name: { configurable: true, value: fn.name },
    length: { configurable: true, value: fn.length },
  });
  register(callable, name);
  return callable as F;
}
