/**
 * Modules that Node loads without anybody's help. `require` takes these, ES modules too: that saves a child process 2 to 4 ms of its start, by doing without the asynchronous loader and its threads. Whoever imports the
 * module afterwards gets the same instance. Imports nothing: a child needs it first of all.
 */

const HOOKS = /(?:^|[\s"])(?:--import|--loader|--experimental-loader|--experimental-config-file|--experimental-default-config-file|--require|-r)\b/;
const NEED_LOADERS = ['.ts', '.mts', '.cts', '.tsx', '.jsx'];

/** Whether this Node was started without anything that may take part in the loading of modules. Asked in every child: what can be said without an expression, which V8 would have to compile first, is. */
export function hasNoHooks(): boolean {
  const { execArgv, env } = process;
  return (execArgv.length === 0 && env['NODE_OPTIONS'] === undefined) || !HOOKS.test([...execArgv, env['NODE_OPTIONS']].join(' '));
}

/** A file that this Node itself cannot load, and would take for JavaScript. */
const needsLoader = (url: string): boolean => NEED_LOADERS.some((end) => url.endsWith(end)) && (url.endsWith('x') || !(process.features as { typescript?: unknown }).typescript);

export const isForNode = (url: string): boolean => url.startsWith('file:') && !url.includes('?') && !url.includes('#') && !needsLoader(url) && hasNoHooks();

/** Whether `require` did not run the module, which has a top-level await for example. */
export const isRefusedByRequire = (thrown: unknown): boolean => /^ERR_(REQUIRE|INTERNAL)_/.test((thrown as NodeJS.ErrnoException | null | undefined)?.code ?? '');
