/** Numbers and names of the processes this one makes: `Process-1`, and `Process-1:2` for the second one made by that. */
import { identity } from '@manycore/core/internal';

let made = 0;

/** The path of the next process; counted when it is made, not when it is started, as in CPython. */
export function nextPath(): readonly number[] {
  return [...identity().path, ++made];
}

/** @param className - of the Process subclass; '' for an anonymous one. */
export function defaultName(className: string, path: readonly number[]): string {
  return `${className === '' ? 'Process' : className}-${path.join(':')}`;
}
