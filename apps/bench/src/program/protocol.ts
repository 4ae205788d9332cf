/** The two ends of a measuring program: the order in its first argument, the outcome as one line on stdout. */
import type { Evidence, Outcome, Work } from '../scenario/work.js';

/** The work this program was started for. The runner is the only one who starts it, so the order is taken as it is. */
export function orderedWork(): Work {
  const order = process.argv[2];
  if (order === undefined) throw new Error('This program is started by the bench, with its work as JSON in the first argument.');
  return JSON.parse(order) as Work;
}

/** Monotonic and the same for all processes of the machine, CPython's `time.monotonic_ns` included. */
export function now(): bigint {
  return process.hrtime.bigint();
}

export function report(work: Work, elapsedNs: bigint, evidence: Evidence, figures: Pick<Outcome, 'waits' | 'bytes'> = {}): void {
  const nsPerOp = Number(elapsedNs) / work.operations;
  const outcome: Outcome = { operations: work.operations, nsPerOp, evidence, ...figures };
  process.stdout.write(`${JSON.stringify(outcome)}\n`);
}
