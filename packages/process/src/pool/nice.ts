/** The priority that the operating system gives to workers. Linux has one for each thread, so it is set in the worker: of a process for all of its threads, of a worker thread for that thread alone. */
import { readdirSync } from 'node:fs';
import { getPriority, setPriority } from 'node:os';
import { describe, native } from '@manycore/core/internal';

const LEAST = -20;
const MOST = 19;
/** The calling thread. */
const SELF = 0;

/** @throws TypeError; RangeError for what is no niceness, and for one that the system refuses. */
export function checkNice(nice: unknown, call: string): number | undefined {
  if (nice === undefined) return undefined;
  if (typeof nice !== 'number' || Number.isNaN(nice)) throw new TypeError(`${call}: expected a number, got ${describe(nice)}.`);
  if (!Number.isInteger(nice) || nice < LEAST || nice > MOST) throw new RangeError(`${call}: expected a whole number from ${LEAST} (first) to ${MOST} (last), got ${nice}.`);
  const own = getPriority(SELF);
  // Anybody may step back; to come forward takes a right, which shows only when it is used.
  if (nice < own) {
    try {
      setPriority(SELF, nice);
    } catch (cause) {
      throw new RangeError(`${call}: the system does not give the priority ${nice} to this process, which has ${own}: that takes CAP_SYS_NICE or a limit (ulimit -e).`, { cause });
    }
    setPriority(SELF, own);
  }
  return nice;
}

/** In a worker, before its initializer. Threads and processes that it starts from then on inherit it. */
export function takeNice(nice: number): void {
  setPriority(SELF, nice);
  if (!native().isMainThread) return;
  for (const tid of readdirSync('/proc/self/task')) setThread(Number(tid), nice);
}

function setThread(tid: number, nice: number): void {
  try {
    setPriority(tid, nice);
  } catch (error) {
    // Helpers of V8 may end at any time.
    if ((error as NodeJS.ErrnoException & { info?: { code?: string } }).info?.code !== 'ESRCH') throw error;
  }
}
