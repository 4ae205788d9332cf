/**
 * Which children of this thread are still on their way to their target. They need the CPUs more than what is only made for later; whoever
 * makes that waits until they are there.
 */
import type { ChildProcess } from 'node:child_process';
import { now } from '@manycore/core/internal';
import type { ProcessRecord } from '../record.js';
import { RUNNING } from '../ticket.js';

/** One that imports for longer has its own reasons: nobody waits for it. */
const LONGEST_MS = 2000;

interface Start {
  readonly record: ProcessRecord;
  readonly at: number;
}

const starts = new Set<Start>();

/** `onEnd` is called when it has ended and this is known here. */
export function watchBoot(process: ChildProcess, record: ProcessRecord, onEnd: () => void): void {
  const start = { record, at: now() };
  starts.add(start);
  process.once('exit', () => {
    starts.delete(start);
    onEnd();
  });
}

/** How many there are: looks at each. */
export function countBooting(): number {
  for (const start of starts) if (start.record.phase === RUNNING || now() - start.at > LONGEST_MS) starts.delete(start);
  return starts.size;
}
