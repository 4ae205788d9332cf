/** The short way to a target: for a module that has nothing to do with manycore, core need not be loaded to find its export. */
import { isForNode, isRefusedByRequire } from '../plain-module.js';
import type { Head } from '../preparation.js';
import type * as PoolWorker from './pool-worker.js';

declare const __dirname: string;

const POOL_WORKER = `${__dirname}/pool-worker.js`;

/** Set by core as soon as any copy of it is loaded. */
const CORE_IS_LOADED = Symbol.for('manycore.shareable-types@1');

/**
 * What became of it: the call; or what the target's module threw; or neither, and then core must look, because it is there anyway or
 * anything is not quite as simple as it should be.
 */
export interface Attempt {
  readonly call?: () => unknown;
  /** What a worker of a pool runs, with arguments that core has to rebuild. */
  readonly target?: typeof PoolWorker.work;
  readonly failure?: { readonly thrown: unknown };
}

const NOTHING: Attempt = {};

/**
 * Loads the target's module, with `require` (plain-module.ts) if there is one. Not where hooks may treat the two differently, and not where there is a top-level await, which is told before anything runs. Otherwise a
 * module that fails was run, and must not be run again.
 */
export async function direct({ target, plainArgs }: Pick<Head, 'target' | 'plainArgs'>, require: NodeJS.Require | undefined): Promise<Attempt> {
  if (target === undefined || !isForNode(target.url)) return NOTHING;
  const file = process.getBuiltinModule('node:url').fileURLToPath(target.url);
  let module: unknown;
  try {
    module = require === undefined ? await import(target.url) : require(file);
  } catch (thrown) {
    return require !== undefined && isRefusedByRequire(thrown) ? NOTHING : { failure: { thrown } };
  }
  if (file === POOL_WORKER) return { target: (module as typeof PoolWorker).work };
  const { path, fingerprint, match } = target;
  const [name] = path;
  // With core there its registries may know more of the target than its name says.
  if (name === undefined || path.length !== 1 || fingerprint === undefined || plainArgs === undefined || match !== 'identity' || CORE_IS_LOADED in globalThis) return NOTHING;
  const found = Object(module) === module && Object.hasOwn(module as object, name) ? (module as Record<string, unknown>)[name] : undefined;
  if (typeof found !== 'function' || found.name !== fingerprint.name || found.length !== fingerprint.length) return NOTHING;
  return { call: () => (found as (...args: readonly unknown[]) => unknown)(...plainArgs) };
}

/** Goes that way to what a worker of a pool runs, for the reason of `rehearse` in full.ts. */
export async function rehearseDirect(require: NodeJS.Require): Promise<void> {
  const url = process.getBuiltinModule('node:url').pathToFileURL(POOL_WORKER).href;
  await direct({ target: { kind: 'export', url, path: ['work'], isMain: false, match: 'identity' } }, require);
}
