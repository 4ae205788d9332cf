/**
 * What a process does that was booted ahead: gives a burst of starts a moment, imports core and the modules to preload, says that it is ready (the phase of its own record),
 * and waits, blocked and without a thought for its event loop, for the line with its ticket on the control channel. An empty line before says that it is about to come: then it is looked for.
 */
import { bootstrap } from '../bootstrapping.js';
import type { StandbyOrder } from '../preparation.js';
import { ENTERED } from '../ticket.js';
import { rehearseDirect } from './direct.js';
import type * as PoolWorker from './pool-worker.js';
import { controlLine } from './control-line.js';
import type { Membership, ProcessMembership } from './join.js';
import { become, loadFull, type Loaded } from './program.js';

const POOL_WORKER = './pool-worker.js';
/** Where one start follows the other, the next one comes within this time, and needs the CPU that all the rest would take. */
const BURST_MS = 25;
/** From the empty line to the ticket it takes half of this; more where the program makes its first pool. */
const ROUSED_MS = 2;

/** @returns `loaded`: nothing when it was taken before. What it would load ahead then, its work would wait for. */
export async function standBy(own: ProcessMembership, order: StandbyOrder, require: NodeJS.Require): Promise<{ membership: Membership; loaded?: Loaded }> {
  if (own.isAsked(BURST_MS)) return { membership: own.again(nextLine(own, own.addon.affinity())) };
  // So that what is preloaded sees that this is no main program; the name is another's later.
  become(own.head, own.publish);
  const full = await bootstrap(false, async () => {
    const loaded = await loadFull(own, require);
    if (!own.isAsked(0)) await loaded.rehearse(own.ticket, own.head);
    if (order.isForPools && !own.isAsked(0)) {
      await ((await import(POOL_WORKER)) as typeof PoolWorker).rehearse();
      await rehearseDirect(require);
    }
    for (const specifier of order.preload) await preload(specifier, order);
    return loaded;
  });
  // Before it says that it is ready: from then on it may be roused, and then has fewer.
  const cpus = own.addon.affinity();
  own.enter(ENTERED);
  return { membership: own.again(nextLine(own, cpus)), loaded: { full, hasPreloaded: order.preload.length > 0 } };
}

/** A module that cannot be imported is left to those who need it, as in CPython; it is told of once, since it is most likely a mistake. */
async function preload(specifier: string, { base, isLoud }: StandbyOrder): Promise<void> {
  try {
    await (URL.canParse(specifier) ? import(specifier) : importByName(specifier, base));
  } catch (error) {
    if (isLoud) console.error(`setForkserverPreload(): ${specifier} cannot be imported ahead, processes start without it:`, error);
  }
}

/** As a module at `base` would import it. */
async function importByName(specifier: string, base: string): Promise<unknown> {
  let file;
  try {
    file = process.getBuiltinModule('node:module').createRequire(base).resolve(specifier);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_PACKAGE_PATH_NOT_EXPORTED') throw error;
    return loaderAt(base)(specifier);
  }
  return import(isAbsolute(file) ? process.getBuiltinModule('node:url').pathToFileURL(file).href : file);
}

const isAbsolute = (file: string): boolean => process.getBuiltinModule('node:path').isAbsolute(file);

/** For packages that only `import` may have: the one way to resolve these from another place warns that it is experimental, to nobody's use here. */
function loaderAt(base: string): (specifier: string) => Promise<unknown> {
  const { Script, constants } = process.getBuiltinModule('node:vm');
  const { emitWarning } = process;
  process.emitWarning = () => undefined;
  try {
    const importModuleDynamically = constants.USE_MAIN_CONTEXT_DEFAULT_LOADER;
    return new Script('(specifier) => import(specifier)', { filename: base, importModuleDynamically }).runInThisContext() as (specifier: string) => Promise<unknown>;
  } finally {
    process.emitWarning = emitWarning;
  }
}

/** @param cpus - those that it is to run on, of which who rouses it takes one away while it wakes. */
function nextLine({ addon, isAsked }: ProcessMembership, cpus: number[] | number): string {
  return controlLine((isWhole) => {
    if (typeof cpus !== 'number') addon.setAffinity(cpus);
    if (!isWhole) for (const until = performance.now() + ROUSED_MS; performance.now() < until && !isAsked(0); );
  });
}
