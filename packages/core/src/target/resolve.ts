/** Finds, in the receiving process, the function that a name means. */
import { types } from 'node:util';
import { TargetError } from '../errors.js';
import { commonJsModule } from './common-js.js';
import { searchExports } from './exports.js';
import { equals, nameOf, resembles } from './fingerprint.js';
import { compileInline } from './inline-compile.js';
import { kindOf } from './kind.js';
import { importModule, requireModule } from './load-module.js';
import { notLoaded } from './not-loaded.js';
import { displayUrl } from './place.js';
import { declaredTasks } from './registry.js';
import type { ExportName, TargetName } from './target-name.js';

interface Found {
  value: Function;
  /** The object or class the function is a property of. */
  holder: unknown;
}

const pathText = (path: string[]): string => path.join('.');

async function imported(name: ExportName): Promise<Record<string, unknown>> {
  try {
    return await importModule(name.url);
  } catch (error) {
    throw notLoaded(name, 'import', error);
  }
}

const BLOCKED = '. A call that blocks the thread cannot load a module with a top-level await: use the form that gives a promise, or task(import.meta, …)';

function required(name: ExportName): Record<string, unknown> {
  try {
    return requireModule(name.url);
  } catch (error) {
    const isAsync = (Object(error) as NodeJS.ErrnoException).code === 'ERR_REQUIRE_ASYNC_MODULE';
    throw notLoaded(name, 'load', error, isAsync ? BLOCKED : '');
  }
}

/** Where paths begin: a CommonJS module's own `exports` first, which is what the sender searched, then the names `import()` gives. */
function rootsOf(url: string, namespace: Record<string, unknown>): unknown[] {
  const exports = commonJsModule(url)?.exports;
  return exports === undefined ? [namespace] : [exports, namespace];
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  (typeof value === 'object' && value !== null) || typeof value === 'function';

/** Follows own properties only: nothing that an object merely inherits can be meant. */
function walk(root: unknown, path: string[]): { value: unknown; holder: unknown } | undefined {
  let holder: unknown;
  let value = root;
  for (const key of path) {
    if (!isObject(value) || !Object.hasOwn(value, key)) return undefined;
    holder = value;
    value = value[key];
  }
  return { value, holder };
}

/** The function at the name's path in one root, or a word on what is there instead. */
function take(root: unknown, name: ExportName): Found | string | undefined {
  const at = walk(root, name.path);
  if (at === undefined) return undefined;
  const { value, holder } = at;
  if (typeof value !== 'function') return `a value that is no function (${value === null ? 'null' : typeof value})`;
  const print = name.fingerprint;
  if (print === undefined) return { value, holder };
  const agrees = name.match === 'name' ? equals(value, print) : resembles(value, print);
  if (agrees) return { value, holder };
  const sent = `${print.name}, ${print.length} parameters`;
  return `another function (${nameOf(value)}, ${value.length} parameters) than the one that was sent (${sent})`;
}

/** `export default function resize` in a copy of the module that calls it by its local name. */
function takeNamedDefault(namespace: Record<string, unknown>, { path, fingerprint }: ExportName): Found | undefined {
  const value = namespace['default'];
  if (path.length !== 1 || fingerprint === undefined || typeof value !== 'function') return undefined;
  return value.name === path[0] && resembles(value, fingerprint) ? { value, holder: undefined } : undefined;
}

/** The one function below the path that agrees in everything. */
function search(namespace: Record<string, unknown>, name: ExportName): Found {
  const print = name.fingerprint;
  const at = walk(namespace, name.path);
  const [root = 'default'] = name.path;
  const candidates: string[][] = [];
  if (at !== undefined && print !== undefined) {
    const wanted = (value: unknown): boolean => equals(value as Function, print);
    for (const path of searchExports([[root, at.value]], wanted)) candidates.push(path);
  }
  const [first, second] = candidates;
  const found = first === undefined || second !== undefined ? undefined : walk(namespace, first);
  if (found !== undefined) return { value: found.value as Function, holder: found.holder };
  const why =
    first === undefined ? 'has no such function' : `has several that cannot be told apart (${candidates.map(pathText).join(', ')})`;
  throw new TargetError(
    `${print?.name ?? ''}() was sent as part of the anonymous default export of ${displayUrl(name.url)}, which ${why}. ` +
      `Give it a name of its own: \`export const …\`, or task(import.meta, …).`,
  );
}

function findExported(namespace: Record<string, unknown>, name: ExportName): Found {
  if (name.match === 'search') return search(namespace, name);
  const [first = '', ...rest] = name.path;
  let instead: string | undefined;
  for (const root of rootsOf(name.url, namespace)) {
    const found = take(root, name);
    if (typeof found === 'object') return found;
    instead ??= found;
  }
  const byDefault = instead === undefined ? takeNamedDefault(namespace, name) : undefined;
  if (byDefault !== undefined) return byDefault;
  const has = Object.keys(namespace);
  const what =
    instead === undefined
      ? `has no export ${pathText(name.path)} in process ${process.pid}; it exports ${has.length === 0 ? 'nothing' : has.join(', ')}`
      : `exports under ${pathText([first, ...rest])} ${instead}`;
  throw new TargetError(
    `${displayUrl(name.url)} ${what}. A function for another process must be exported under one name whenever its module is loaded, ` +
      `also in a child; task(import.meta, '${first}', …) must be given the name of the export.`,
  );
}

/** What `task()` registered here under that name. */
const declaredAs = ({ url, path, declared }: ExportName): Function[] => (path.length === 1 ? declaredTasks(url, path[0] as string, declared) : []);

/** A bundler drops the exports of all modules but the first; what they declared by `task()` is there all the same. */
function find(namespace: Record<string, unknown>, name: ExportName): Found {
  const declared = declaredAs(name);
  const call = `task(import.meta, '${name.path[0]}', …)`;
  if (declared.length > 0 && walk(namespace, name.path) === undefined) {
    if (declared.length === 1) return { value: declared[0] as Function, holder: undefined };
    throw new TargetError(`${displayUrl(name.url)} declares several functions by ${call}. All tasks of a bundle must have different names.`);
  }
  const found = findExported(namespace, name);
  if (declared.length === 0 || declared.includes(found.value)) return found;
  throw new TargetError(
    `${displayUrl(name.url)} declares ${call}, but its export ${name.path[0]} is another function. ` +
      `Give task() the name of the export it is assigned to; in a bundle, a name that its entry does not export otherwise.`,
  );
}

/**
 * Imports the module and gives the function, bound to the class or object it is a property of.
 *
 * @throws TargetError when the module cannot be imported (the original error is the `cause`, its message is part of ours), has no such
 * export, or exports something else. An error of manycore thrown by the module's own code is passed on as it is.
 */
export async function resolveTarget(name: TargetName): Promise<Function> {
  if (name.kind === 'inline') return compileInline(name);
  return callable(name, find(await imported(name), name));
}

/**
 * As `resolveTarget`, blocking the thread while the module is loaded.
 *
 * @throws as `resolveTarget`; TargetError also for a module that cannot be loaded by `require`: one with a top-level await, unless `task()` has named the function and the module is
 * loaded already.
 */
export function resolveTargetBlocking(name: TargetName): Function {
  if (name.kind === 'inline') return compileInline(name);
  const [declared, other] = declaredAs(name);
  return declared !== undefined && other === undefined ? declared : callable(name, find(required(name), name));
}

function callable(name: ExportName, { value, holder }: Found): Function {
  const kind = kindOf(value);
  if (kind === 'class' || kind === 'generator') {
    const what = kind === 'class' ? 'a class' : 'a generator function';
    throw new TargetError(`${pathText(name.path)} of ${displayUrl(name.url)} is ${what}, not a function that can be called.`);
  }
  return isObject(holder) && !types.isModuleNamespaceObject(holder) ? (value.bind(holder) as Function) : value;
}

/**
 * Imports the module and gives the class.
 *
 * @throws as `resolveTarget`, and TargetError when it is no class.
 */
export async function resolveClass(name: ExportName): Promise<abstract new (...args: never[]) => unknown> {
  const { value } = find(await imported(name), name);
  if (kindOf(value) !== 'class') throw new TargetError(`${pathText(name.path)} of ${displayUrl(name.url)} is not a class.`);
  return value as never;
}
