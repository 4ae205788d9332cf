/** The processes that the calling code sees around itself. */
import { identity } from '@manycore/core/internal';
import { runningChildren } from './children.js';
import { ParentProcess } from './parent-process.js';
import { Process } from './process.js';
import { ADOPT, CURRENT } from './self.js';

/**
 * Whether this is the main program and not a child. The guard for start-up code: a child imports the main script, if its target lives
 * there, with `isMainProcess === false`.
 *
 * @see Python `if __name__ == '__main__':`.
 */
export const isMainProcess: boolean = identity().isMain;

// In a child with a subclass, its instance: kept where every copy of this package finds it.
const shelf = globalThis as { [CURRENT]?: Process };

let parent: ParentProcess | null | undefined;

/**
 * The Process object that stands for this process: always alive, `exitCode` null. In a child of a subclass it is the instance whose `run`
 * is called.
 */
export function currentProcess(): Process {
  return (shelf[CURRENT] ??= Process[ADOPT](Object.create(Process.prototype) as Process));
}

/** The process that started this one; null in the main program. */
export function parentProcess(): ParentProcess | null {
  if (parent === undefined) {
    const known = identity().parent;
    parent = known === null ? null : new ParentProcess(known.pid, known.name);
  }
  return parent;
}

/** The processes that this one (this thread of it) started and that still run; a new array each time. */
export function activeChildren(): Process[] {
  return runningChildren() as Process[];
}
