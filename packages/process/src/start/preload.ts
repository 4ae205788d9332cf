/** What `setForkserverPreload` takes. */
import { isAbsolute } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe } from '@manycore/core/internal';
import { preloadModules } from './forkserver.js';

/**
 * Chooses the modules that `forkserver` processes have imported before they are needed; those that stand by with others are ended.
 *
 * A module that cannot be imported is told of on stderr, once, and otherwise passed over. Preloaded modules run before it is known what the
 * process will be: at their top level `currentProcess().name` is a stand-in and `isMainProcess` false, they may start no processes, and
 * nothing of their event loop runs until the process is needed.
 *
 * @param modules - URLs; paths, absolute or beginning with `./` or `../` and then relative to the current folder; and names of packages, as
 *   the main script would import them. An empty list takes all back.
 * @throws TypeError for anything else.
 * @see Python `multiprocessing.set_forkserver_preload`. Differs: the main module is not preloaded unless it is in the list.
 */
export function setForkserverPreload(modules: readonly (string | URL)[]): void {
  if (!Array.isArray(modules)) throw new TypeError(`setForkserverPreload(): expected an array of modules, got ${describe(modules)}.`);
  preloadModules(modules.map((module: unknown, index) => specifierOf(module, index)));
}

function specifierOf(module: unknown, index: number): string {
  if (module instanceof URL) return module.href;
  if (typeof module !== 'string' || module === '')
    throw new TypeError(`setForkserverPreload(): modules[${index}] must be a URL, a path or the name of a package, got ${describe(module)}.`);
  return isAbsolute(module) || /^\.{1,2}[/\\]/.test(module) ? pathToFileURL(module).href : module;
}
