/** Loads the module that a name or a type of a message means, whatever it is written in. */
import { createRequire } from 'node:module';
import { types } from 'node:util';
import { fileURLToPath } from 'node:url';
import { isForRequire, readyForImport, readyForRequire } from './typescript.js';

type Namespace = Record<string, unknown>;

const require = createRequire(process.execPath);

const isObject = (value: unknown): value is Namespace => (typeof value === 'object' && value !== null) || typeof value === 'function';

/** The module as `import()` gives it. */
export async function importModule(url: string): Promise<Namespace> {
  if (isForRequire(url)) {
    try {
      return requireModule(url);
    } catch (error) {
      // An ES module is refused before it runs.
      if (!/^ERR_REQUIRE_/.test((Object(error) as NodeJS.ErrnoException).code ?? '')) throw error;
    }
  }
  await readyForImport(url);
  return (await import(url)) as Namespace;
}

/** The same, loaded without a turn of the event loop. */
export function requireModule(url: string): Namespace {
  readyForRequire(url);
  const loaded: unknown = require(url.startsWith('file:') ? fileURLToPath(url) : url);
  if (types.isModuleNamespaceObject(loaded)) return loaded as Namespace;
  return { ...(isObject(loaded) ? loaded : {}), default: loaded };
}
