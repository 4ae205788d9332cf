/**
 * Functions whose name was given by hand, by `task()`, `functionRef()` or `inline()`: found at once, nothing is looked up.
 *
 * The tables are on `globalThis`, so that two copies of this package in one program (or its source and its bundle under a test runner)
 * know of each other's registrations.
 */
import type { TargetName } from './target-name.js';

interface Tables {
  byFunction: WeakMap<Function, TargetName>;
  tasks: Map<string, WeakRef<Function>>;
}

const KEY = Symbol.for('manycore.target.registry.1');
const shelf = globalThis as { [KEY]?: Tables };
const tables: Tables = (shelf[KEY] ??= { byFunction: new WeakMap(), tasks: new Map() });

/** Gives a function its name, for `nameTarget`. A later registration wins: a module may be loaded anew by a test runner. */
export function register(fn: Function, name: TargetName): void {
  tables.byFunction.set(fn, name);
}

export function registered(fn: Function): TargetName | undefined {
  return tables.byFunction.get(fn);
}

const taskKey = (url: string, exportName: string): string => `${url}#${exportName}`;

/** Remembers which function a module declared as `exportName`, so that the receiver can compare it with what the module exports. */
export function registerTask(url: string, exportName: string, fn: Function): void {
  tables.tasks.set(taskKey(url, exportName), new WeakRef(fn));
}

export function declaredTask(url: string, exportName: string): Function | undefined {
  return tables.tasks.get(taskKey(url, exportName))?.deref();
}
