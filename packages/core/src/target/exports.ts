/** Finds a function by identity among the exports of a module, without running any getter, trap or module code. */
import { types } from 'node:util';

/** Names below an export that are looked at: `Tools.resize`, `api.image.resize`. */
const MAX_DEPTH = 2;
/** An exported table of data is not a place where functions live. */
const MAX_ARRAY_LENGTH = 256;

type Holder = Record<PropertyKey, unknown>;

/** Objects and classes whose own properties are worth a look. What a class keeps on its prototype needs an instance as `this`. */
function isHolder(value: unknown): value is Holder {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return false;
  if (types.isProxy(value) || types.isModuleNamespaceObject(value) || ArrayBuffer.isView(value)) return false;
  return !(Array.isArray(value) && value.length > MAX_ARRAY_LENGTH);
}

/** The own property `key` of `holder` when it is plain data; a getter's value is unknown and stays so. */
function dataProperty(holder: Holder, key: string): unknown {
  return Object.getOwnPropertyDescriptor(holder, key)?.value;
}

function* childrenOf(holder: Holder): Generator<[string, unknown]> {
  for (const key of Object.getOwnPropertyNames(holder)) {
    if (key !== 'prototype') yield [key, dataProperty(holder, key)];
  }
}

/**
 * The shortest path that leads from `roots` (export name and value) to a function that satisfies `wanted`, breadth first, so that a
 * direct export wins over a property of another export.
 */
export function* searchExports(
  roots: Iterable<readonly [string, unknown]>,
  wanted: (value: unknown) => boolean,
  maxDepth = MAX_DEPTH,
): Generator<string[]> {
  const seen = new Set<unknown>();
  let level: { path: string[]; value: unknown }[] = [];
  for (const [name, value] of roots) level.push({ path: [name], value });
  for (let depth = 0; level.length > 0; depth++) {
    const next: typeof level = [];
    for (const { path, value } of level) {
      if (typeof value === 'function' && wanted(value)) yield path;
      if (depth === maxDepth || seen.has(value) || !isHolder(value)) continue;
      seen.add(value);
      for (const [key, child] of childrenOf(value)) {
        if ((typeof child === 'object' && child !== null) || typeof child === 'function') next.push({ path: [...path, key], value: child });
      }
    }
    level = next;
  }
}

/** Where `fn` is among `roots`, or `undefined`. */
export function pathTo(roots: Iterable<readonly [string, unknown]>, fn: Function): string[] | undefined {
  const found = searchExports(roots, (value) => value === fn).next();
  return found.done === true ? undefined : found.value;
}

/** The path of the exported class that has `fn` as an instance method, or `undefined`; only for a better message. */
export function instanceMethodOf(roots: Iterable<readonly [string, unknown]>, fn: Function): string | undefined {
  for (const [name, value] of roots) {
    const prototype = typeof value === 'function' ? dataProperty(value as unknown as Holder, 'prototype') : undefined;
    if (!isHolder(prototype)) continue;
    for (const [, child] of childrenOf(prototype)) if (child === fn) return name;
  }
  return undefined;
}
