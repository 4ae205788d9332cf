/**
 * Functions whose name was given by hand, by `task()`, `functionRef()` or `inline()`: found at once, nothing is looked up.
 *
 * The tables are on `globalThis`, so that two copies of this package in one program (or its source and its bundle under a test runner)
 * know of each other's registrations.
 */
import { equals, fingerprintOf } from './fingerprint.js';
import type { Fingerprint, TargetName } from './target-name.js';

interface Tables {
  byFunction: WeakMap<Function, TargetName>;
  /** More than one under a key when modules with tasks of one name were bundled into one file. */
  tasks: Map<string, Function[]>;
}

const KEY = Symbol.for('manycore.target.registry.2');
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

/**
 * Remembers which function a module declared as `exportName`, for the receiver. A function of the same text takes the place of the one
 * before: it is from a module that was loaded anew.
 */
export function registerTask(url: string, exportName: string, fn: Function): void {
  const key = taskKey(url, exportName);
  const print = fingerprintOf(fn);
  const others = tables.tasks.get(key)?.filter((other) => !equals(other, print)) ?? [];
  tables.tasks.set(key, [...others, fn]);
}

/** What was declared under that name: all of it, or of several the one that looks as told. */
export function declaredTasks(url: string, exportName: string, print: Fingerprint | undefined): Function[] {
  const all = tables.tasks.get(taskKey(url, exportName)) ?? [];
  const same = print === undefined || all.length < 2 ? [] : all.filter((fn) => equals(fn, print));
  return same.length === 0 ? all : same;
}
