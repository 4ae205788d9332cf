/** All processes below one, manycore's or not, from the kernel's own book-keeping in /proc. */
import { readdirSync, readFileSync } from 'node:fs';
import { ProcessError } from './errors.js';

/**
 * Sends `signal` to a process and everything below it, parents first.
 *
 * A process that was cut off from the tree before, because the one between died, is no longer below it and not found; manycore's own end by
 * themselves then. So all are listed before the first is signalled, which may be gone at once. Those that come while this goes on are looked for once more; with SIGKILL each process is stopped before its
 * children are listed, so that none comes at all.
 *
 * @throws ProcessError when a process may not be signalled; all the others have been.
 */
export function signalTree(pid: number, signal: NodeJS.Signals): void {
  const found = new Set<number>();
  const refused: unknown[] = [];
  const send = (to: number, what: NodeJS.Signals): void => {
    const error = trySignal(to, what);
    if (error !== undefined) refused.push(error);
  };
  walk(pid, found, (next) => signal === 'SIGKILL' && send(next, 'SIGSTOP'));
  const listed = [...found];
  for (const each of listed) send(each, signal);
  if (signal !== 'SIGKILL') for (const each of listed) walk(each, found, (next) => send(next, signal));
  if (refused.length > 0) {
    throw new ProcessError(
      `${signal} to the tree of process ${pid}: ${refused.length} of ${found.size} processes may not be signalled by this user.`,
      { cause: refused[0] },
    );
  }
}

/** The same for every process that a thread of this one started. */
export function signalThreadChildren(tid: number, signal: NodeJS.Signals): void {
  for (const child of childrenOfThread(process.pid, tid)) signalTree(child, signal);
}

/** Sends a signal; a process that is gone is no error. Returns the error of one that may not be signalled. */
export function trySignal(pid: number, signal: NodeJS.Signals): Error | undefined {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') return error as Error;
  }
  return undefined;
}

/** Visits `pid` and what is below it, each once. */
function walk(pid: number, found: Set<number>, visit: (pid: number) => unknown): void {
  if (!found.has(pid)) {
    found.add(pid);
    visit(pid);
  }
  for (const child of childrenOf(pid)) if (!found.has(child)) walk(child, found, visit);
}

function childrenOf(pid: number): number[] {
  return list(`/proc/${pid}/task`).flatMap((thread) => childrenOfThread(pid, thread));
}

function childrenOfThread(pid: number, thread: string | number): number[] {
  const text = read(`/proc/${pid}/task/${thread}/children`) ?? '';
  return text
    .split(' ')
    .filter((child) => child !== '')
    .map(Number);
}

/** A process may end between two looks: what cannot be read has no children any more. */
function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (isGone(error)) return [];
    throw error;
  }
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'latin1');
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}

const isGone = (error: unknown): boolean => ['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '');
