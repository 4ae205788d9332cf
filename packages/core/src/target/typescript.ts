/**
 * Modules in TypeScript. A child starts with the loaders of its parent (`--import`, `--loader`, `--require`), or strips the types itself as
 * the parent does. What is left are parents that load TypeScript in a way no child inherits: vitest, or a loader that the program
 * registers while it runs. For their children:
 *
 * | this Node strips types (22.18 and newer) | `tsx` is found | a `.ts` module                                   |
 * |------------------------------------------|----------------|--------------------------------------------------|
 * | yes                                      | any            | is imported by Node itself                       |
 * | no                                       | yes            | is imported through `tsx`                        |
 * | no                                       | no             | fails, with an error that says what there is to do |
 *
 * `.tsx` and `.jsx` files are never imported by Node itself.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const TYPESCRIPT = /\.(?:[cm]?ts|[jt]sx)$/;
/** Options with which Node is told of a loader that takes part in `import`. */
const LOADER_OPTION = /(?:^|[\s"])--(?:import|loader|experimental-loader|experimental-config-file|experimental-default-config-file)\b/;

const extensions: Partial<NodeJS.RequireExtensions> = createRequire(process.execPath).extensions;

/** The file's extension when its module is in TypeScript (or JSX). */
function extensionOf(url: string): string | undefined {
  return url.startsWith('file:') ? TYPESCRIPT.exec(new URL(url).pathname)?.[0] : undefined;
}

/** Not imported: most children do without that part of Node. */
const isMainThread = (): boolean => process.getBuiltinModule('node:worker_threads').isMainThread;

const options = (): string => [...process.execArgv, process.env['NODE_OPTIONS']].join(' ');
const hasLoader = (): boolean => LOADER_OPTION.test(options()) && !leavesThreadsOut();

/** In a worker thread, where Node itself knows nothing of TypeScript, `--import tsx` takes part in `require` only. */
const leavesThreadsOut = (): boolean => !isMainThread() && !stripsTypes() && /\btsx\b/.test(options());

/** Whether `require` compiles such files: what Node does itself is not among its extensions. */
const hasRequireHook = (extension: string): boolean => extensions[extension] !== undefined;

const stripsTypes = (): boolean => Boolean((process.features as { typescript?: unknown }).typescript);

/** Of `tsx`, by us. */
let registration: Promise<unknown> | undefined;

/**
 * Whether the module has to be loaded by `require`: its TypeScript is compiled by a hook of `require` alone (`-r ts-node/register`), of
 * which `import` knows nothing.
 */
export function isForRequire(url: string): boolean {
  const extension = extensionOf(url);
  return extension !== undefined && registration === undefined && hasRequireHook(extension) && !hasLoader();
}

/** The file to import for a loader, when the module needs one, this process has none, and the module's package or the project has `tsx`. */
function missingLoader(url: string, specifier: string): string | undefined {
  const extension = extensionOf(url);
  if (extension === undefined || (hasRequireHook(extension) && !leavesThreadsOut()) || hasLoader()) return undefined;
  if (stripsTypes() && !extension.endsWith('x')) return undefined;
  for (const from of [fileURLToPath(url), join(process.cwd(), 'package.json')]) {
    try {
      return createRequire(from).resolve(specifier);
    } catch {
      // Not installed there.
    }
  }
  return undefined;
}

/** Makes `import` of the module possible, if that takes `tsx` and there is one. */
export async function readyForImport(url: string): Promise<void> {
  if (registration === undefined) {
    // Imported by itself, it takes no part in a worker thread.
    const loader = missingLoader(url, isMainThread() ? 'tsx' : 'tsx/esm/api');
    if (loader === undefined) return;
    // What `require` finds of the two cannot be imported.
    registration = import(pathToFileURL(loader.replace(/\.cjs$/, '.mjs')).href).then((api: { register?: () => unknown }) => (isMainThread() ? undefined : api.register?.()));
  }
  await registration;
}

/** The same for `require`. */
export function readyForRequire(url: string): void {
  const loader = missingLoader(url, 'tsx/cjs');
  if (loader !== undefined) createRequire(process.execPath)(loader);
}

const ADVICE = `start the program with a loader (node --import tsx), or the process ({ execArgv: ['--import', 'tsx'] })`;

/** What to do about a module in TypeScript that could not be loaded; '' when it is no such module, or has an error of its own. */
export function typescriptAdvice(url: string, error: unknown): string {
  if (extensionOf(url) === undefined) return '';
  const { code = '', name, message } = Object(error) as NodeJS.ErrnoException;
  const isUnloaded = code === 'ERR_UNKNOWN_FILE_EXTENSION' || (name === 'SyntaxError' && !hasLoader() && !stripsTypes());
  if (isUnloaded) return `. It is TypeScript, which this Node (${process.version}) cannot load: install tsx in the project, ${ADVICE}, or use Node 22.18 or newer${vitestAdvice()}`;
  const isUnstripped =
    /^ERR_(?:UNSUPPORTED|INVALID)_TYPESCRIPT|^ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING/.test(code) ||
    (!hasLoader() && (/^ERR_MODULE_NOT_FOUND|^ERR_UNSUPPORTED_DIR_IMPORT/.test(code) || (name === 'SyntaxError' && /does not provide an export/.test(message))));
  if (!isUnstripped) return '';
  return (
    `. Node by itself only strips types: imports need the file's real name ('./x.ts'), types need \`import type\`, and enums, namespaces and files in node_modules need a loader: ` +
    `${ADVICE}${vitestAdvice()}`
  );
}

/** Who runs tests has no program to start. */
const vitestAdvice = (): string => (process.env['VITEST'] === undefined ? '' : `; in vitest set test.execArgv, which the processes of a test take over`);
