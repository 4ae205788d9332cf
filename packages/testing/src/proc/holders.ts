import { readFileSync } from 'node:fs';
import { allProcesses, memoryMappings, openDescriptors, type ProcessFacts } from './process-table.js';

/**
 * Whether a process outside our tree has this file open or mapped, or listens on it or in it: it is then that process's file. Several test files
 * run at a time, and what one of them is using must not look like a leak of another.
 */
export function isHeldByOthers(path: string, tree: Iterable<ProcessFacts>): boolean {
  const ours = new Set([process.pid, ...[...tree].map(({ pid }) => pid)]);
  const targets = new Set([path, ...listeningSockets(path)]);
  return allProcesses().some(({ pid }) => {
    if (ours.has(pid)) return false;
    return (
      [...openDescriptors(pid).values()].some((target) => targets.has(target)) ||
      memoryMappings(pid).some((line) => line.endsWith(` ${path}`))
    );
  });
}

/** The descriptor targets of the Unix sockets bound to `path`, or inside of it. */
function listeningSockets(path: string): string[] {
  const rows = readFileSync('/proc/net/unix', 'utf8')
    .split('\n')
    .map((line) => line.trim().split(/\s+/));
  return rows.filter((columns) => columns[7] === path || columns[7]?.startsWith(`${path}/`)).map((columns) => `socket:[${columns[6]}]`);
}
