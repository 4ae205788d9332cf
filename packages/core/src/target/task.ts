/** Names a function where it is defined: exact, instant, and free of any lookup. */
import { TargetError } from '../errors.js';
import { fingerprintOf } from './fingerprint.js';
import { assertFunction, describeValue, kindOf } from './kind.js';
import { isMainScript } from './main-script.js';
import { importableUrl } from './place.js';
import { register, registerTask } from './registry.js';

/**
 * Registers `fn` as the export `name` of the module it is written in, and gives the same function back.
 *
 * ```ts
 * export const resize = task(import.meta, 'resize', (image: Image) => …);
 * ```
 *
 * Nothing has to be looked up later, so it also works under `--permission` and in other runtimes; and in a bundle that is an ES module, whose
 * `import.meta.url` is the bundle's, also where the bundler has dropped the export. The receiving process imports the module and, where it
 * does export something under `name`, checks that it is this very function.
 *
 * @param module - `import.meta`, or `{ url }` with the URL under which a child can import the module.
 * @param name - the name of the export the result is assigned to.
 * @throws TypeError when an argument is of the wrong type; TargetError when `fn` is a class or a generator function.
 */
export function task<F extends (...args: never[]) => unknown>(module: { url: string }, name: string, fn: F): F {
  const call = `task(import.meta, ${JSON.stringify(name)}, …)`;
  const url = typeof module?.url === 'string' ? importableUrl(module.url) : undefined;
  if (url === undefined) {
    const isEmpty = typeof module === 'object' && module !== null && module.url === undefined;
    const hint = isEmpty ? ' without a url (import.meta is empty in a CommonJS bundle: build an ES module, or give { url: pathToFileURL(__filename).href })' : '';
    throw new TypeError(`${call}: the first argument must be import.meta or { url }, got ${describeValue(module)}${hint}`);
  }
  if (typeof name !== 'string' || name === '') throw new TypeError(`${call}: the name of the export must be a non-empty string`);
  assertFunction(fn, call);
  const kind = kindOf(fn);
  if (kind === 'class' || kind === 'generator') {
    throw new TargetError(`${call}: a ${kind} cannot be called as a task; pass a function that returns its result.`);
  }
  register(fn, { kind: 'export', url, path: [name], isMain: isMainScript(url), match: 'identity', declared: fingerprintOf(fn) });
  registerTask(url, name, fn);
  return fn;
}
