import { readFileSync } from 'node:fs';

const PRIVATE = /^Private_(?:Clean|Dirty|Hugetlb): +(\d+) kB$/gm;

/** Memory that these processes share with nobody, in bytes, on average: what one more of them costs. Linux only. */
export function meanPrivateBytes(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + privateBytes(pid), 0) / pids.length;
}

/** @throws Error when the process is gone, or the system does not say. */
export function privateBytes(pid: number): number {
  const lines = [...readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8').matchAll(PRIVATE)];
  if (lines.length === 0) throw new Error(`/proc/${pid}/smaps_rollup says nothing of private memory.`);
  return lines.reduce((sum, [, kib]) => sum + Number(kib) * 1024, 0);
}
