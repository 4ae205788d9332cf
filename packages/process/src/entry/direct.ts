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
 * Loads the target's module, with `require`, which takes ES modules too and saves 2 ms of the start by not starting the asynchronous
 * loader. The instance is the one that any `import` gets. Not where hooks may treat the two differently, and not where there is a top-level
 * await, which is told before anything runs. Otherwise a module that fails was run, and must not be run again.
 */
export function direct({ target, plainArgs }: Head, require: NodeJS.Require): Attempt {
  const [name] = target?.path ?? [];
  if (
    target?.fingerprint === undefined ||
    plainArgs === undefined ||
    target.match !== 'identity' ||
    target.path.length !== 1 ||
    name === undefined
  )
    return NOTHING;
  if (!/^file:[^?#]+$/.test(target.url) || needsLoader(target.url) || HOOKS.test([...process.execArgv, process.env['NODE_OPTIONS']].join(' '))) return NOTHING;
  let module: unknown;
  try {
    module = require(process.getBuiltinModule('node:url').fileURLToPath(target.url));
  } catch (thrown) {
    const code = (thrown as NodeJS.ErrnoException | null)?.code ?? '';
    return /^ERR_(REQUIRE|INTERNAL)_/.test(code) ? NOTHING : { failure: { thrown } };
  }
  const found = Object(module) === module && Object.hasOwn(module as object, name) ? (module as Record<string, unknown>)[name] : undefined;
  const { name: expectedName, length } = target.fingerprint;
  if (CORE_IS_LOADED in globalThis || typeof found !== 'function' || found.name !== expectedName || found.length !== length) return NOTHING;
  return { call: () => (found as (...args: readonly unknown[]) => unknown)(...plainArgs) };
}
