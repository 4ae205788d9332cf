/**
 * Finds the export that a plain function (or class) is, without ever running module code.
 *
 * CommonJS modules are searched by identity in `require.cache`. For anything else the engine says which script the function is from:
 *
 * - ES module: the function's own scope chain ends in the module's scope, whose variables are read and compared by identity, whatever
 *   state of evaluation the module is in; the module's text says under which names they are exported.
 * - CommonJS module that is still running: its exports so far, else the function's own name, which the receiver then checks strictly.
 * - A script of some other module system (a test runner that inlines modules): the variables of its outermost scope by identity.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { TargetError } from '../errors.js';
import { commonJsExports, commonJsModule, findInCommonJs, pathInCommonJs } from './common-js.js';
import { instanceMethodOf, pathTo } from './exports.js';
import { fingerprintOf, nameOf, sourceOf } from './fingerprint.js';
import { locate, scriptOf, scriptText, type Location } from './inspector.js';
import { isMainScript } from './main-script.js';
import { exportsOf, isDefaultExpression, offsetOf, type ModuleExport } from './module-exports.js';
import { displayPlace, displayUrl, importableUrl } from './place.js';
import { refuse } from './refusal.js';
import type { ExportName } from './target-name.js';

/** What is known of one function, for all the ways below. */
interface Subject {
  fn: Function;
  call: string;
  location: Location;
  /** Importable. */
  url: string;
  refused: (reason: string) => TargetError;
}

function exportName(fn: Function, url: string, path: string[], match: ExportName['match']): ExportName {
  return { kind: 'export', url, path, isMain: isMainScript(url), match, fingerprint: fingerprintOf(fn) };
}

/** @throws TargetError when no other process could find `fn`, with its file and line and the ways out. */
export function findExport(fn: Function, call: string): ExportName {
  const loaded = findInCommonJs(fn);
  if (loaded !== undefined) return exportName(fn, loaded.url, loaded.path, 'identity');

  const location = locateOrRefuse(fn, call);
  const onModuleScope = location.scopes.at(-1)?.description === 'Module';
  const known = location.url === undefined ? undefined : importableUrl(location.url);
  const settled = known !== undefined && (onModuleScope || commonJsModule(known) !== undefined);
  const script = settled ? { url: known, isModule: onModuleScope } : scriptOf(location.scriptId);
  const url = script === undefined ? undefined : importableUrl(script.url);
  if (script === undefined || url === undefined) {
    const origin = script === undefined || script.url === '' ? 'a string' : script.url;
    throw refuse({ call, fn, reason: `was made from ${origin}, not from a module that another process could import.` });
  }
  const place = (): string => displayPlace(script.url, location.line, location.column, scriptText(location.scriptId));
  const subject: Subject = { fn, call, location, url, refused: (reason) => refuse({ call, fn, place: place(), reason, url }) };
  if (url.startsWith('node:')) return fromBuiltin(subject);
  if (script.isModule) return fromEsModule(subject);
  const module = commonJsModule(url);
  if (module !== undefined) return fromCommonJs(subject, module);
  return fromOtherScript(subject);
}

function locateOrRefuse(fn: Function, call: string): Location {
  let location: Location | undefined;
  let cause: unknown;
  try {
    location = locate(fn);
  } catch (error) {
    cause = error;
  }
  if (location !== undefined) return location;
  const why =
    cause instanceof Error ? `the engine's inspector is not available here (${cause.message})` : 'the engine keeps no position for it';
  throw refuse({ call, fn, reason: `cannot be looked up, because ${why}.`, cause });
}

/** Why nothing was found, in the order of what helps most. */
function unexported({ fn, location, refused }: Subject, roots: [string, unknown][]): TargetError {
  const owner = instanceMethodOf(roots, fn);
  if (owner !== undefined) {
    return refused(`is an instance method of ${owner}, and the instance it needs as \`this\` exists in this process only.`);
  }
  const closure = location.scopes.find(({ description }) => description.startsWith('Closure ('));
  if (closure !== undefined) {
    const outer = closure.description.slice('Closure ('.length, -1);
    return refused(`is created inside ${outer}() and uses its variables, which exist in this process only.`);
  }
  return refused('is not exported by its module, so no other process can find it.');
}

/** The module's text. The file says it without the debugger, if the function stands in it exactly where the engine has it. */
function textOf({ fn, location, url }: Subject): string {
  if (url.startsWith('file:')) {
    try {
      const text = readFileSync(fileURLToPath(url), 'utf8');
      const offset = offsetOf(text, location.line, location.column);
      const source = sourceOf(fn);
      const start = text.lastIndexOf(source, offset);
      if (start !== -1 && offset < start + source.length) return text;
    } catch {
      // Not readable, or made by a loader: the engine has the text.
    }
  }
  return scriptText(location.scriptId);
}

function exportsOrRefuse({ fn, call, url }: Subject, text: string): ModuleExport[] {
  try {
    return exportsOf(text);
  } catch (cause) {
    throw refuse({ call, fn, url, reason: `cannot be looked up, because the exports of ${displayUrl(url)} cannot be read: ${String(cause)}`, cause });
  }
}

function fromEsModule(subject: Subject): ExportName {
  const { fn, location, url } = subject;
  const scope = location.scopes.at(-1);
  const variables = new Map(scope?.description === 'Module' ? scope.variables : []);
  const text = textOf(subject);
  const exported = exportsOrRefuse(subject, text);
  const roots: [string, unknown][] = [];
  for (const { name, localName } of exported) {
    if (localName !== undefined && variables.has(localName)) roots.push([name, variables.get(localName)]);
  }
  const path = pathTo(roots, fn);
  if (path !== undefined) return exportName(fn, url, path, 'identity');

  // The value of `export default <expression>` is in no variable.
  const anonymous = exported.find(({ name, localName }) => name === 'default' && localName === undefined);
  const offset = offsetOf(text, location.line, location.column);
  if (anonymous !== undefined && offset >= anonymous.end) {
    if (isDefaultExpression(text, anonymous, offset)) return exportName(fn, url, ['default'], 'identity');
    const isElsewhere = pathTo(variables, fn) !== undefined || location.scopes[0]?.description.startsWith('Closure') === true;
    if (!isElsewhere) return exportName(fn, url, ['default'], 'search');
  }
  throw unexported(subject, roots);
}

function fromCommonJs(subject: Subject, module: { exports: unknown; complete: boolean }): ExportName {
  const { fn, url, refused } = subject;
  const path = pathInCommonJs(module.exports, fn, true);
  if (path !== undefined) return exportName(fn, url, path, 'identity');
  if (module.complete) throw unexported(subject, commonJsExports(module.exports, true));
  const name = nameOf(fn);
  if (name === '') throw refused('has no name, and its module has not exported it yet (it is still being loaded).');
  if (!/\bexports\b/.test(textOf(subject))) throw unexported(subject, []);
  return exportName(fn, url, [name], 'name');
}

/** The variable in which vite keeps an anonymous default export of a module that it inlines, and by which the engine names it. */
const VITE_DEFAULT = '__vite_ssr_export_default__';

function fromViteDefault({ fn, url }: Subject, rest: string[]): ExportName {
  const name = exportName(fn, url, ['default', ...rest], 'identity');
  const print = fingerprintOf(fn);
  return { ...name, fingerprint: print.name === VITE_DEFAULT ? { ...print, name: 'default' } : print };
}

function fromOtherScript(subject: Subject): ExportName {
  const { fn, location, url } = subject;
  if (!url.startsWith('file:')) throw subject.refused('was compiled under a URL that no other process can import.');
  const path = pathTo(location.scopes.at(-1)?.variables ?? [], fn);
  const [first, ...rest] = path ?? [];
  if (first === VITE_DEFAULT) return fromViteDefault(subject, rest);
  const name = first ?? nameOf(fn);
  if (name === '' || !mentionsExport(scriptText(location.scriptId), name)) {
    throw unexported(subject, location.scopes.at(-1)?.variables ?? []);
  }
  return path === undefined ? exportName(fn, url, [name], 'name') : exportName(fn, url, path, 'identity');
}

/** Whatever the module system, an exported name occurs as a string, as a property or in an object literal. */
function mentionsExport(text: string, name: string): boolean {
  const literal = name.replace(/\$/g, '\\$&');
  return new RegExp(`(?:['"\`.]|[{,]\\s*)${literal}(?![\\p{ID_Continue}$])`, 'u').test(text);
}

function fromBuiltin({ fn, url, refused }: Subject): ExportName {
  const module: unknown = process.getBuiltinModule(url);
  const path = module === undefined ? undefined : pathInCommonJs(module, fn, false);
  if (path === undefined) throw refused('is an internal function of Node, which no module exports; wrap it in a function of yours.');
  return exportName(fn, url, path, 'identity');
}
