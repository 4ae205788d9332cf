import { allProcesses, startingEnvironment, type ProcessFacts, type ProcessIdentity } from './process-table.js';

/**
 * A process whose parent died is adopted by init, and its parent pid no longer says where it came from. Its environment still does: marks
 * are inherited, one variable holds those of all ancestors, so a mark finds every descendant that was not started with an environment of
 * its own.
 */
const MARK_ENV = 'MANYCORE_TEST_MARKS';
const SEPARATOR = ':';

/** The environment for a child that shall carry `mark` besides what it inherits. */
export function markedEnvironment(env: NodeJS.ProcessEnv, mark: string): NodeJS.ProcessEnv {
  const inherited = env[MARK_ENV];
  return { ...env, [MARK_ENV]: inherited ? `${inherited}${SEPARATOR}${mark}` : mark };
}

/** Marks every process this one starts from now on. */
export function markOwnChildren(mark: string): void {
  const marks = process.env[MARK_ENV]?.split(SEPARATOR) ?? [];
  if (!marks.includes(mark)) process.env[MARK_ENV] = [...marks, mark].join(SEPARATOR);
}

export function isMarked(pid: number, mark: string): boolean {
  return startingEnvironment(pid, MARK_ENV)?.split(SEPARATOR).includes(mark) ?? false;
}

export interface TreeQuery {
  /** Whose descendants; the root itself is not included. */
  readonly root: ProcessIdentity;
  /** Processes with this mark belong to the tree too, whoever their parent is now. */
  readonly mark: string;
}

/** Every living process below `root`, parents before children as far as the tree still shows them. */
export function processTree({ root, mark }: TreeQuery): ProcessFacts[] {
  const everybody = allProcesses();
  const all = everybody.filter(({ pid, startTime }) => pid !== root.pid || startTime !== root.startTime);
  const tree: ProcessFacts[] = [];
  // A root that has ended may have left its pid to a stranger, whose children are not ours: then the mark alone counts.
  const members = new Set(all.length < everybody.length ? [root.pid] : []);
  for (let grown = true; grown;) {
    grown = false;
    for (const facts of all) {
      if (members.has(facts.pid) || !members.has(facts.parentPid)) continue;
      members.add(facts.pid);
      tree.push(facts);
      grown = true;
    }
  }
  return [...tree, ...all.filter(({ pid }) => !members.has(pid) && isMarked(pid, mark))];
}
