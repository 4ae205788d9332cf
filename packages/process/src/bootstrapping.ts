/**
 * Whether the calling code runs because a child imports the modules it needs: then it must not start processes, or each child would start
 * its own.
 *
 * Two marks. While the child imports, everything that runs counts. Once the target runs, code that a module's top level left behind
 * (`main()`, an async function that goes on after a file was read) is told from the target's by its async context. That mark is set only
 * when the main script is imported, whose start-up code is what gets forgotten, because on Node 20 and 22 an async context makes every
 * await of the process slower (about 0.1 µs).
 */
import type { AsyncLocalStorage } from 'node:async_hooks';

interface State {
  importing: boolean;
  context: AsyncLocalStorage<true> | undefined;
}

// One per thread, shared by all copies of this package: the child's entry and the user's modules may have loaded two.
const KEY = Symbol.for('manycore.bootstrapping@1');
const state = ((globalThis as Record<symbol, unknown>)[KEY] ??= { importing: false, context: undefined } satisfies State) as State;

export function isBootstrapping(): boolean {
  return state.importing || state.context?.getStore() === true;
}

/** Runs `work`, which imports the modules of a child, as its bootstrap. */
export async function bootstrap<T>(importsMain: boolean, work: () => Promise<T>): Promise<T> {
  state.importing = true;
  try {
    if (!importsMain) return await work();
    const { AsyncLocalStorage } = process.getBuiltinModule('node:async_hooks');
    state.context = new AsyncLocalStorage<true>();
    return await state.context.run(true, work);
  } finally {
    state.importing = false;
  }
}
