/** Numbers and names of the processes this one makes: `Process-1`, and `Process-1:2` for the second one made by that. */
import { countChild, identity } from '@manycore/core/internal';

/** The path of the next process; counted when it is made, not when it is started, by all threads of this one together, as in CPython. */
export function nextPath(): readonly number[] {
  return [...identity().path, countChild()];
}

/** @param className - of the Process subclass; '' for an anonymous one. */
export function defaultName(className: string, path: readonly number[]): string {
  return `${className === '' ? 'Process' : className}-${path.join(':')}`;
}
