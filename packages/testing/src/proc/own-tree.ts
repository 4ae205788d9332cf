import { markOwnChildren, type TreeQuery } from './process-mark.js';
import { readProcess } from './process-table.js';

/**
 * The tree below this process; from the first call on, every process it starts inherits its mark.
 *
 * @throws Error where there is no `/proc`: what the tools of this package look at exists on Linux only.
 */
export function ownTree(): TreeQuery {
  const self = readProcess(process.pid);
  if (self === undefined) throw new Error(`this needs Linux's /proc, which ${process.platform} does not have`);
  const mark = `${self.pid}.${self.startTime}`;
  markOwnChildren(mark);
  return { root: self, mark };
}
