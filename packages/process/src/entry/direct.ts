/** The short way to a target: for a module that has nothing to do with manycore, core need not be loaded to find its export. */
import type { Head } from '../preparation.js';

/** Set by core as soon as any copy of it is loaded. */
const CORE_IS_LOADED = Symbol.for('manycore.shareable-types@1');
const HOOKS = /(?:^|[\s"])(?:--import|--loader|--experimental-loader|--experimental-config-file|--experimental-default-config-file|--require|-r)\b/;
const TYPESCRIPT = /\.(?:[cm]?ts|[jt]sx)$/;

/**
 * What became of it: the call; or what the target's module threw; or neither, and then core must look, because it is there anyway or
 * anything is not quite as simple as it should be.
 */
export interface Attempt {
  readonly call?: () => unknown;
  readonly failure?: { readonly thrown: unknown };
}

const NOTHING: Attempt = {};

/** A file that this Node itself cannot load, and would take for JavaScript. */
const needsLoader = (url: string): boolean => TYPESCRIPT.test(url) && (url.endsWith('x') || !(process.features as { typescript?: unknown }).typescript);

/**
 * Loads the target's module, with `require`, which takes ES modules too: that saves 2 ms of a start and some more in a standby, by doing without the asynchronous loader and its threads. Whoever imports the
 * module afterwards gets this instance. Not where hooks may treat the two differently, and not where there is a top-level await, which is told before anything runs. Otherwise a module that fails was run, and
 * must not be run again.
 */
export function direct({ target, plainArgs }: Head, require: NodeJS.Require): Attempt {
  if (target === undefined || !isForNode(target.url)) return NOTHING;
  let module: unknown;
  try {
    module = require(process.getBuiltinModule('node:url').fileURLToPath(target.url));
  } catch (thrown) {
    const code = (thrown as NodeJS.ErrnoException | null)?.code ?? '';
    return /^ERR_(REQUIRE|INTERNAL)_/.test(code) ? NOTHING : { failure: { thrown } };
  }
  const { path, fingerprint, match } = target;
  const [name] = path;
  // With core there its registries may know more of the target than its name says.
  if (name === undefined || path.length !== 1 || fingerprint === undefined || plainArgs === undefined || match !== 'identity' || CORE_IS_LOADED in globalThis) return NOTHING;
  const found = Object(module) === module && Object.hasOwn(module as object, name) ? (module as Record<string, unknown>)[name] : undefined;
  if (typeof found !== 'function' || found.name !== fingerprint.name || found.length !== fingerprint.length) return NOTHING;
  return { call: () => (found as (...args: readonly unknown[]) => unknown)(...plainArgs) };
}

/** A file that Node loads without anybody's help. */
const isForNode = (url: string): boolean => /^file:[^?#]+$/.test(url) && !needsLoader(url) && !HOOKS.test([...process.execArgv, process.env['NODE_OPTIONS']].join(' '));
