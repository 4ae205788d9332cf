/** The garbage collector, when it is needed now. */
import type { Context, Script } from 'node:vm';

let gc: (() => void) | undefined;
let nothing: Script;
let context: Context;

/**
 * Runs the garbage collector, so that every `WeakRef` to garbage gives undefined. Blocks: 5 ms in a small program, longer in one with many objects.
 *
 * What a `WeakRef` was made for or has given is kept until the end of the job (ECMA-262, 9.11: KeptAlive), which in a thread that never returns to its event loop is never. V8 forgets these objects when a
 * microtask queue has been emptied. A context with a queue of its own does that without running the microtasks of the program: tested on Node 20, 22, 24, 26.
 * A `WeakRef` of the program may lose its object within a job then, which the language rules out; it is done only when memory is short.
 */
export function collectGarbage(): void {
  if (gc === undefined) {
    const v8 = process.getBuiltinModule('node:v8');
    const vm = process.getBuiltinModule('node:vm');
    v8.setFlagsFromString('--expose-gc');
    gc = vm.runInNewContext('gc') as () => void;
    context = vm.createContext({}, { microtaskMode: 'afterEvaluate' });
    nothing = new vm.Script('0');
  }
  nothing.runInContext(context);
  gc();
}
