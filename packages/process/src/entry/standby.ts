/**
 * What a process does that was booted ahead: imports core and the modules to preload, says that it is ready (the phase of its own record),
 * and waits, blocked and without a thought for its event loop, for the line with its ticket on the control channel.
 */
import { bootstrap } from '../bootstrapping.js';
import type { StandbyOrder } from '../preparation.js';
import { ENTERED } from '../ticket.js';
import type * as Full from './full.js';
import { CONTROL_FD, type Membership } from './join.js';
import { become, loadFull } from './program.js';

const LINE_BYTES = 256;

export async function standBy(own: Membership, order: StandbyOrder): Promise<{ membership: Membership; full: typeof Full }> {
  // So that what is preloaded sees that this is no main program; the name is another's later.
  become(own.head, own.publish);
  const full = await bootstrap(false, async () => {
    const loaded = await loadFull();
    for (const specifier of order.preload) await preload(specifier, order);
    return loaded;
  });
  own.enter(ENTERED);
  return { membership: own.again(nextLine()), full };
}

/** A module that cannot be imported is left to those who need it, as in CPython; it is told of once, since it is most likely a mistake. */
async function preload(specifier: string, { base, isLoud }: StandbyOrder): Promise<void> {
  const { Script, constants } = process.getBuiltinModule('node:vm');
  const load = new Script('(specifier) => import(specifier)', {
    filename: base,
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  }).runInThisContext() as (specifier: string) => Promise<unknown>;
  try {
    await load(specifier);
  } catch (error) {
    if (isLoud) console.error(`setForkserverPreload(): ${specifier} cannot be imported ahead, processes start without it:`, error);
  }
}

function nextLine(): string {
  const { readSync } = process.getBuiltinModule('node:fs');
  const bytes = Buffer.alloc(LINE_BYTES);
  let length = 0;
  while (!bytes.subarray(0, length).includes('\n')) {
    const count = readSync(CONTROL_FD, bytes, length, LINE_BYTES - length, null);
    // The parent is gone, or needs no standby any more. Nothing has run here that would have to be tidied up.
    if (count === 0) process.kill(process.pid, 'SIGKILL');
    length += count;
  }
  return bytes.toString('latin1', 0, length - 1);
}
