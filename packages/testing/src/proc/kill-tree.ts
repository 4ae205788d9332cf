import { processTree, type TreeQuery } from './process-mark.js';
import { isRunning, readProcess, type ProcessFacts } from './process-table.js';
import { until } from '../delays.js';

/**
 * Kills a process tree and nothing else, and waits until it is gone. The tree is first stopped process by process until no new one
 * appears, because a process that forks while it is being killed would leave a child behind.
 *
 * @param withRoot - whether the root dies too.
 */
export async function killTree(query: TreeQuery, withRoot: boolean): Promise<ProcessFacts[]> {
  const victims = new Map<number, ProcessFacts>();
  const root = withRoot && isRunning(query.root) ? readProcess(query.root.pid) : undefined;
  let fresh = root === undefined ? processTree(query) : [root];
  while (fresh.length > 0) {
    for (const facts of fresh) {
      victims.set(facts.pid, facts);
      signal(facts, 'SIGSTOP');
    }
    fresh = processTree(query).filter(({ pid }) => !victims.has(pid));
  }
  for (const facts of victims.values()) signal(facts, 'SIGKILL');
  await until(() => ![...victims.values()].some(isRunning), { what: `processes ${[...victims.keys()].join(', ')} are gone after SIGKILL` });
  return [...victims.values()];
}

/** Never a process that merely got the same pid since. */
function signal(facts: ProcessFacts, name: NodeJS.Signals): void {
  if (!isRunning(facts)) return;
  try {
    process.kill(facts.pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
