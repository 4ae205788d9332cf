/** The name under which another process finds a function. */
import { nameOf } from './fingerprint.js';
import { findExport } from './find.js';
import { assertCallable, assertClass, assertFunction } from './kind.js';
import { registered } from './registry.js';
import type { ExportName, TargetName } from './target-name.js';

export type { ExportName, Fingerprint, InlineName, TargetName } from './target-name.js';

/** What was found by looking; what was declared is in the registry. */
const found = new WeakMap<Function, ExportName>();

function find(fn: Function, call: string): ExportName {
  const known = found.get(fn);
  if (known !== undefined) return known;
  const name = findExport(fn, call);
  // A mere guess may be known better once the module has been loaded.
  if (name.match !== 'name') found.set(fn, name);
  return name;
}

/**
 * Names a function for another process. Synchronous, runs no module code, and looks each function up once.
 *
 * Order: `task()`, `functionRef()` and `inline()` (at once) → loaded CommonJS modules by identity → the engine's inspector says which
 * script the function is from, and its module's exports are compared by identity. Costs some 8 ms for the first function of a thread (more in
 * a program with many modules, see inspector.ts), then about a millisecond per new function.
 *
 * @param call - how the caller is called in messages, e.g. `new Process({ target })`.
 * @throws TypeError when `fn` is no function; TargetError when no other process could find it.
 */
export function nameTarget(fn: Function, call: string): TargetName {
  assertFunction(fn, call);
  const known = registered(fn) ?? found.get(fn);
  if (known !== undefined) return known;
  assertCallable(fn, call);
  return find(fn, call);
}

/**
 * Names an exported class for another process, for a subclass whose method is to run there.
 *
 * @throws TypeError when `ctor` is no function; TargetError when it is no class, or is not exported.
 */
export function nameClass(ctor: Function, call: string): ExportName {
  assertFunction(ctor, call);
  assertClass(ctor, call);
  return find(ctor, `${call}${nameOf(ctor) === '' ? '' : ` (class ${nameOf(ctor)})`}`);
}
