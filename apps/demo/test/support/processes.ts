/** What /proc says about processes (Linux). */

import { readFileSync } from 'node:fs';

/** Process ids of the living children of a process. */
export function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
}

export function isRunning(pid: number): boolean {
  try {
    // A killed process that nobody has waited for yet is still listed, as a zombie.
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.startsWith('Z') === false;
  } catch {
    return false;
  }
}
