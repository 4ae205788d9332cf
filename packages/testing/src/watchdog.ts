import { LONG } from './delays.js';
import { TestingError } from './errors.js';
import { killTree } from './proc/kill-tree.js';
import { ownTree } from './proc/own-tree.js';
import { processTree, type TreeQuery } from './proc/process-mark.js';
import { kernelWaitChannel, readProcess, type ProcessFacts } from './proc/process-table.js';

const LATE: unique symbol = Symbol('late');

export interface WatchOptions {
  /** What is watched, for the report. */
  readonly what: string;
  /** Milliseconds until it counts as wedged; default LONG. */
  readonly timeout?: number;
}

/**
 * Runs `work` and gives up on it after `timeout`: prints pid, command line and state of every process that this one has started and that
 * still lives, kills those, and fails. This process itself is spared. Works while the event loop turns: a test that blocks its own thread
 * is beyond it.
 *
 * @throws TestingError (`ERR_MANYCORE_TESTING_WATCHDOG`) with the report, when the time is up. `work` is then no longer waited for.
 */
export function watch<T>(work: () => Promise<T>, options: WatchOptions): Promise<T> {
  // Before the work begins, so that whatever it starts is marked.
  const tree = ownTree();
  return watchTree(work(), tree, false, options);
}

/** The same for one tree; `withRoot`: the root is a child and dies with it. */
export async function watchTree<T>(
  work: Promise<T>,
  query: TreeQuery,
  withRoot: boolean,
  { what, timeout = LONG }: WatchOptions,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<typeof LATE>((resolve) => {
    timer = setTimeout(resolve, timeout, LATE);
  });
  const first = await Promise.race([work, late]).finally(() => clearTimeout(timer));
  if (first !== LATE) return first;

  // From here on the work has failed, even if the death of its processes lets it end.
  const root = readProcess(query.root.pid);
  const report = [
    `watchdog: ${what} is not done after ${timeout} ms; the processes of its tree:`,
    ...[...(root ? [root] : []), ...processTree(query)].map(describeProcess),
  ].join('\n');
  console.error(report);
  const killed = await killTree(query, withRoot);
  const ends = killed.length === 0 ? 'no process to kill' : `killed: ${killed.map(({ pid }) => pid).join(', ')}`;
  throw new TestingError('ERR_MANYCORE_TESTING_WATCHDOG', `${report}\n${ends}`);
}

function describeProcess(facts: ProcessFacts): string {
  const { pid, parentPid, state, threads, cpuTicks, commandLine } = facts;
  const channel = kernelWaitChannel(pid);
  const what = `state ${state}${channel && ` in ${channel}`}, ${threads} threads, ${cpuTicks} ticks of CPU`;
  return `  pid ${pid} (parent ${parentPid}) ${what}: ${commandLine}`;
}
