/** Functions of CommonJS modules: `require.cache` holds every loaded module, so identity decides, and nothing needs to be run. */
import { createRequire } from 'node:module';
import { types } from 'node:util';
import { pathToFileURL, fileURLToPath } from 'node:url';
import { isMainScript } from './main-script.js';
import { pathTo } from './exports.js';

interface LoadedModule {
  url: string;
  exports: unknown;
  /** False while its top-level code runs: what it will export is not known yet. */
  complete: boolean;
}

/** The one of all `require`s, whatever file they are made for. */
const { cache } = createRequire(process.execPath);

/** A loader may append a query of its own to the file name; two spellings of one module do no harm here. */
const withoutQuery = (file: string): string => file.replace(/\?.*$/, '');

function* loadedModules(): Generator<LoadedModule> {
  for (const module of Object.values(cache)) {
    if (module === undefined || typeof module.filename !== 'string') continue;
    yield { url: pathToFileURL(withoutQuery(module.filename)).href, exports: module.exports, complete: module.loaded };
  }
}

/** The CommonJS module at `url`, if one is loaded. An ES module that was loaded by `require()` is none. */
export function commonJsModule(url: string): LoadedModule | undefined {
  if (!url.startsWith('file:')) return undefined;
  const file = fileURLToPath(url);
  let module = cache[file];
  if (module === undefined) {
    const key = Object.keys(cache).find((name) => withoutQuery(name) === file);
    if (key !== undefined) module = cache[key];
  }
  if (module === undefined || types.isModuleNamespaceObject(module.exports)) return undefined;
  return { url, exports: module.exports, complete: module.loaded };
}

/** Own exports by name. With `getters`, also those a transpiler wrote (`__esModule`); a hand-written one may load another module. */
export function commonJsExports(exports: unknown, getters: boolean): [string, unknown][] {
  if ((typeof exports !== 'object' && typeof exports !== 'function') || exports === null || types.isProxy(exports)) return [];
  const callGetters = getters && Object.hasOwn(exports, '__esModule');
  const found: [string, unknown][] = [];
  for (const [name, property] of Object.entries(Object.getOwnPropertyDescriptors(exports))) {
    if (name === 'prototype') continue;
    if ('value' in property) {
      found.push([name, property.value]);
    } else if (callGetters && property.get !== undefined) {
      try {
        found.push([name, Reflect.get(exports, name)]);
      } catch {
        // A variable that is not initialised yet: nobody can have got a function out of it.
      }
    }
  }
  return found;
}

/** The path of `fn` in one module's exports; `['default']` when it is `module.exports` itself, as `import()` calls that. */
export function pathInCommonJs(exports: unknown, fn: Function, getters: boolean): string[] | undefined {
  if (exports === fn) return ['default'];
  return pathTo(commonJsExports(exports, getters), fn);
}

/** The module and path of `fn` among everything loaded; the main script only if no other module has it, as importing that runs it. */
export function findInCommonJs(fn: Function): { url: string; path: string[] } | undefined {
  let inMain: { url: string; path: string[] } | undefined;
  for (const { url, exports } of loadedModules()) {
    if (types.isModuleNamespaceObject(exports)) continue;
    const path = pathInCommonJs(exports, fn, false);
    if (path === undefined) continue;
    if (!isMainScript(url)) return { url, path };
    inMain ??= { url, path };
  }
  return inMain;
}
